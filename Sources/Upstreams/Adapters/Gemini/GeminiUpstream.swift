/// A provider that speaks Google's Gemini API, on one worker (docs/upstreams.md).
package final class GeminiUpstream: Upstream {
    /// How canonical requests are turned into the provider's.
    package struct Encoding: Sendable {
        /// What `reasoning_effort` becomes.
        package enum Reasoning: String, CaseIterable, Sendable {
            /// `thinkingBudget`, a number of tokens.
            case budget
            /// `thinkingLevel`, a word.
            case level
            /// Nothing.
            case off
        }

        package var reasoning: Reasoning
        package var unsupported: ForeignFields.Unsupported
        package var unknown: ForeignFields.Unknown

        package init(
            reasoning: Reasoning = .budget, unsupported: ForeignFields.Unsupported = .refuse,
            unknown: ForeignFields.Unknown = .drop
        ) {
            self.reasoning = reasoning
            self.unsupported = unsupported
            self.unknown = unknown
        }
    }

    private let client: ProviderClient
    private let encoding: Encoding

    package init(client: ProviderClient, encoding: Encoding) {
        self.client = client
        self.encoding = encoding
    }

    package func start(
        _ request: CompletionRequest, _ terms: CallTerms, sink: any CompletionSink
    ) -> any CompletionCall {
        let decoder = GeminiDecoder(
            parser: client.parser, id: "chatcmpl-\(request.requestID)", model: terms.model, now: client.wallClock())
        return client.start(request, terms, decoder, sink: sink) { () throws(UpstreamError) in
            try transportRequest(request, model: terms.model)
        }
    }

    package func preview(
        _ request: CompletionRequest, model: String
    ) throws(UpstreamError) -> TransportRequest? {
        try client.encoded(request) { () throws(UpstreamError) in try transportRequest(request, model: model) }
    }

    private func transportRequest(
        _ request: CompletionRequest, model: String
    ) throws(UpstreamError) -> TransportRequest {
        var encoder = GeminiRequestEncoder(request: request, encoding: encoding, parser: client.parser)
        let body = try encoder.encode()
        let own = request.fields.filter { $0.name != "openai-beta" }
        return TransportRequest(path: path(model, isStream: request.isStream), fields: own, body: body)
    }

    /// The model's name stands in the path, with or without `models/` in front.
    private func path(_ model: String, isStream: Bool) -> String {
        let name = model.hasPrefix("models/") ? String(model.dropFirst(7)) : model
        let method = isStream ? "streamGenerateContent?alt=sse" : "generateContent"
        return "/models/\(name.pathSegment):\(method)"
    }
}
