package import Upstreams

/// A provider that speaks Anthropic's Messages API.
package struct AnthropicUpstreamConfiguration: Sendable {
    package let http: ProviderConfiguration
    /// The `anthropic-version` header. Default 2023-06-01.
    package let version: String
    /// Names for the `anthropic-beta` header. Default: none.
    package let betas: [String]
    /// How requests are turned into the provider's.
    package let encoding: AnthropicUpstream.Encoding

    package init(_ r: ConfigReader) {
        http = ProviderConfiguration(
            r,
            ProviderConfiguration.Defaults(
                baseURL: "https://api.anthropic.com", exampleURL: "https://api.anthropic.com",
                exampleKey: "ANTHROPIC_API_KEY", path: "/v1/messages", keyHeader: .xAPIKey))
        version = r.value(
            "anthropic_version", .string(), default: "2023-06-01", doc: "The `anthropic-version` header.")
        betas = r.value(
            "anthropic_beta", .list(of: .string()), default: [],
            example: .array([.string("context-1m-2025-08-07")]), doc: "Names for the `anthropic-beta` header.")
        encoding = AnthropicUpstream.Encoding(
            maxOutputTokens: r.int(
                "max_output_tokens", default: 8192, in: 1...10_000_000,
                doc: "`max_tokens` of requests that name none; the provider requires one."),
            reasoning: r.value(
                "reasoning", .choice(.budget), default: .budget,
                doc: "What `reasoning_effort` becomes: a `budget` of thinking tokens, `adaptive` thinking of that "
                    + "effort, or nothing (`off`)."),
            structuredOutputs: r.bool(
                "structured_outputs", default: true,
                doc: "Whether the models follow JSON schemas: `response_format` of type `json_schema` and `strict` "
                    + "tools are passed on. Else the former is refused and the latter is not strict."),
            unsupported: .setting(r), unknown: .setting(r))
        for (index, name) in ([version] + betas).enumerated() where !HeaderSyntax.isValue(name) {
            r.report("expected a header's value", at: .member(index == 0 ? "anthropic_version" : "anthropic_beta"))
        }
    }
}
