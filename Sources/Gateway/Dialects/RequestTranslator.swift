import Upstreams

/// Makes a canonical request of one of another API.
///
/// Text, schemas and ids are copied as they are written. What has no counterpart there and whose loss would change the
/// answer is refused: the first such finding is thrown at the end. What neither API knows travels as it is.
protocol RequestTranslator {
    /// Members of the other API, and those that are written in their place.
    static var known: [StaticString] { get }
    /// What the client is told of a member: where, and what is wrong.
    static func complaint(_ param: String, _ what: String) -> String

    /// The request of the other API.
    var root: JSONValue { get }
    /// The first finding.
    var failure: APIError? { get set }

    mutating func writeMessages(_ writer: inout JSONWriter)
    /// All members but the model, the messages and what makes it a stream.
    mutating func writeSettings(_ writer: inout JSONWriter)
}

extension RequestTranslator {
    mutating func decode(isStream: Bool) throws(APIError) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON { writer in
            writer.object { writer in
                if let model = root["model"] { writer.member("model", copying: model) }
                writeMessages(&writer)
                if isStream {
                    writer.member("stream", true)
                    writer.object("stream_options") { $0.member("include_usage", true) }
                }
                writeSettings(&writer)
                for member in root.members where !Self.known.contains(where: member.hasKey) {
                    writer.key(member.key)
                    member.value.withSource { writer.element(raw: $0) }
                }
            }
        }
        if let failure { throw failure }
        return body
    }

    mutating func refuse(_ param: String, _ what: String, code: String = "invalid_type") {
        if failure == nil { failure = .invalid(Self.complaint(param, what), param: param, code: code) }
    }

    // MARK: Settings that both have

    /// The bound of the answer's tokens, which the other API has as `key`.
    mutating func writeMaxTokens(_ key: StaticString, _ writer: inout JSONWriter) {
        guard let most = root.present(key) else { return }
        guard let count = most.int, count > 0 else { return refuse(key.description, "must be a positive integer.") }
        writer.member("max_completion_tokens", count)
    }

    /// Numbers that both APIs know by these names.
    mutating func writeNumbers(_ keys: [StaticString], _ writer: inout JSONWriter) {
        for key in keys {
            guard let value = root.present(key) else { continue }
            if value.kind == .number {
                writer.member(key, copying: value)
            } else {
                refuse(key.description, "must be a number.")
            }
        }
    }
}
