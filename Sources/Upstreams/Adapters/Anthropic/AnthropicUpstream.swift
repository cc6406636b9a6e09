/// A provider that speaks Anthropic's Messages API, on one worker (docs/upstreams.md).
package final class AnthropicUpstream: Upstream {
    /// How canonical requests are turned into the provider's.
    package struct Encoding: Sendable {
        /// What `reasoning_effort` becomes.
        package enum Reasoning: String, CaseIterable, Sendable {
            /// `thinking` with a budget of tokens.
            case budget
            /// `thinking` of type `adaptive`, with the effort in `output_config`.
            case adaptive
            /// Nothing.
            case off
        }

        /// `max_tokens` of requests that name none.
        package var maxOutputTokens: Int
        package var reasoning: Reasoning
        /// JSON schemas of answers and strict tools are the provider's own; false: the former are refused.
        package var structuredOutputs: Bool
        package var unsupported: ForeignFields.Unsupported
        package var unknown: ForeignFields.Unknown

        package init(
            maxOutputTokens: Int = 8192, reasoning: Reasoning = .budget, structuredOutputs: Bool = true,
            unsupported: ForeignFields.Unsupported = .refuse, unknown: ForeignFields.Unknown = .drop
        ) {
            self.maxOutputTokens = maxOutputTokens
            self.reasoning = reasoning
            self.structuredOutputs = structuredOutputs
            self.unsupported = unsupported
            self.unknown = unknown
        }
    }

    private let client: ProviderClient
    private let encoding: Encoding
    private let fields: [HTTPField]

    /// `version`: the `anthropic-version` header; `betas`: the names in `anthropic-beta`.
    package init(client: ProviderClient, encoding: Encoding, version: String, betas: [String]) {
        self.client = client
        self.encoding = encoding
        let version = HTTPField("anthropic-version", version)
        fields = betas.isEmpty ? [version] : [version, HTTPField("anthropic-beta", betas.joined(separator: ","))]
    }

    package func start(
        _ request: CompletionRequest, _ terms: CallTerms, sink: any CompletionSink
    ) -> any CompletionCall {
        let decoder = AnthropicDecoder(
            parser: client.parser, id: "chatcmpl-\(request.requestID)", model: terms.model, now: client.wallClock(),
            maxBlockBytes: client.settings.maxEventBytes)
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
        var encoder = AnthropicRequestEncoder(request: request, encoding: encoding, parser: client.parser)
        let body = try encoder.encode(model: model)
        let own = request.fields.filter { $0.name != "openai-beta" }
        return TransportRequest(path: "/v1/messages", fields: fields + own, body: body)
    }
}
