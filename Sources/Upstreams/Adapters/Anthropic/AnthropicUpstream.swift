/// A provider that speaks Anthropic's Messages API, on one worker (docs/upstreams.md).
package final class AnthropicUpstream: ProviderUpstream {
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

    package let client: ProviderClient
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
            parser: client.parser, chunks: chunks(request, terms), now: client.wallClock(),
            maxBlockBytes: client.settings.maxEventBytes)
        return start(request, terms, decoder, sink: sink)
    }

    package func transportRequest(
        _ request: CompletionRequest, model: String
    ) throws(UpstreamError) -> TransportRequest {
        var encoder = AnthropicRequestEncoder(request: request, encoding: encoding, parser: client.parser)
        let body = try encoder.encode(model: model)
        return TransportRequest(path: "/v1/messages", fields: fields + request.foreignFields, body: body)
    }
}
