/// A provider that speaks Google's Gemini API, on one worker (docs/upstreams.md).
package final class GeminiUpstream: ProviderUpstream {
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

    package let client: ProviderClient
    private let encoding: Encoding

    package init(client: ProviderClient, encoding: Encoding) {
        self.client = client
        self.encoding = encoding
    }

    package func start(
        _ request: CompletionRequest, _ terms: CallTerms, sink: any CompletionSink
    ) -> any CompletionCall {
        start(request, terms, GeminiDecoder(parser: client.parser, chunks: chunks(request, terms)), sink: sink)
    }

    package func transportRequest(
        _ request: CompletionRequest, model: String
    ) throws(UpstreamError) -> TransportRequest {
        var encoder = GeminiRequestEncoder(request: request, encoding: encoding, parser: client.parser)
        let body = try encoder.encode()
        return TransportRequest(
            path: path(model, isStream: request.isStream), fields: request.foreignFields, body: body)
    }

    /// The model's name stands in the path, with or without `models/` in front.
    private func path(_ model: String, isStream: Bool) -> String {
        let name = model.hasPrefix("models/") ? String(model.dropFirst(7)) : model
        let method = isStream ? "streamGenerateContent?alt=sse" : "generateContent"
        return "/models/\(name.pathSegment):\(method)"
    }
}
