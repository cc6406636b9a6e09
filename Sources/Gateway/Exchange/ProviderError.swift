import Upstreams

/// A provider's own error, as it came.
enum ProviderError {
    /// Whether it may go to the client as it is: a JSON object with an `error`, which OpenAI's clients understand.
    /// Anything else is told in the gateway's words.
    static func isRelayable(_ answer: UpstreamError.Answer, _ parser: JSONParser) -> Bool {
        let facts = unsafe try? parser.chunkFacts(answer.body.span.bytes)
        return facts?.hasError == true
    }

    /// Bytes of a provider's words that are told at most.
    private static let maxWords = 1000

    /// What a provider says whose errors have another form: the `message` or the `detail` at the top of a JSON object,
    /// the latter also as a list of `{"loc": […], "msg": …}`. Nil for all else, such as the HTML page of some proxy.
    static func words(_ answer: UpstreamError.Answer, _ parser: JSONParser) -> String? {
        guard let root = (unsafe try? parser.parse(answer.body.span.bytes))?.root else { return nil }
        let words = root["message"]?.string ?? root["detail"]?.string ?? mistake(root["detail"])
        guard let words, !words.isEmpty else { return nil }
        return String(decoding: words.utf8.prefix(maxWords), as: UTF8.self)
    }

    /// The first of a list of mistakes, with its place.
    private static func mistake(_ detail: JSONValue?) -> String? {
        guard let first = detail?.elements.first(where: { _ in true }), let text = first["msg"]?.string else {
            return nil
        }
        let place = first["loc"]?.elements.compactMap { $0.string ?? $0.int.map { String($0) } } ?? []
        return place.isEmpty ? text : "\(place.joined(separator: ".")): \(text)"
    }
}
