import Upstreams

/// What a response and its items are called by.
struct ResponseHead {
    /// What is left of the answer's own id without its prefix: all ids of the response end with it.
    private let stem: String
    private let created: Int
    private let model: String

    /// `source`: a chunk or an answer; nil: nothing came.
    init(_ source: JSONValue?, _ settings: ResponseSettings) {
        let id = source?["id"]?.string ?? ""
        stem = id.isEmpty ? settings.requestID : id.hasPrefix("chatcmpl-") ? String(id.dropFirst(9)) : id
        created = source?["created"]?.int ?? 0
        let named = source?["model"]?.string ?? ""
        model = named.isEmpty ? settings.model : named
    }

    /// The id of the item at `place`. `prefix`: of its kind, such as `msg`.
    func item(_ prefix: StaticString, _ place: Int) -> String { "\(prefix)_\(stem)_\(place)" }

    /// The members of a `response` object. `output` writes its items.
    func write(
        _ status: ResponseStatus, _ usage: ResponseUsage, _ settings: ResponseSettings, to writer: inout JSONWriter,
        output: (inout JSONWriter) -> Void
    ) {
        writer.member("id", "resp_\(stem)")
        writer.member("object", "response")
        writer.member("created_at", created)
        status.write(to: &writer)
        writer.member("model", model)
        writer.array("output", output)
        settings.write(to: &writer)
        usage.write(to: &writer)
    }
}
