/// What a client says beyond the model's name: other models that it would take, and how long it waits.
enum ModelWishes {
    private static let most = 8
    private static let header: StaticString = "x-fallback-models"

    /// Models that the client would take instead of `model`, in order: those of the body (`named`), then those of the
    /// header.
    static func alternatives(
        _ head: RequestHead, named: [String], model: String
    ) throws(APIError) -> [String] {
        let listed = head.value(of: header).map { $0.split(separator: ",").map(trimmed) } ?? []
        if named.isEmpty, listed.isEmpty { return [] }
        var all: [String] = []
        for name in named + listed where name != model && !name.isEmpty && !all.contains(name) { all.append(name) }
        guard all.count <= most else {
            throw .invalid("At most \(most) further models may be named.", param: "models")
        }
        return all
    }

    /// Milliseconds within which something has to be told: a little less than the client waits. Nil: it does not say.
    static func patience(_ head: RequestHead) -> Int? {
        guard let text = head.value(of: "x-stainless-read-timeout"), let seconds = Double(text), seconds > 0,
            seconds <= 86_400
        else { return nil }
        let milliseconds = Int(seconds * 1000)
        return milliseconds - min(milliseconds / 10, 500)
    }

    private static func trimmed(_ name: Substring) -> String {
        String(name.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
