import Upstreams

/// A provider's own error, as it came.
enum ProviderError {
    /// Whether it may go to the client as it is: a JSON object with an `error`, which OpenAI's clients understand.
    /// Anything else, such as the HTML page of some proxy, is told in the gateway's words.
    static func isRelayable(_ answer: UpstreamError.Answer, _ parser: JSONParser) -> Bool {
        let facts = unsafe try? parser.chunkFacts(answer.body.span.bytes)
        return facts?.hasError == true
    }
}
