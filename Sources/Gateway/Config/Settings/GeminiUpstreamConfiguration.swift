package import Upstreams

/// A provider that speaks Google's Gemini API.
package struct GeminiUpstreamConfiguration: Sendable {
    package let http: ProviderConfiguration
    /// How requests are turned into the provider's.
    package let encoding: GeminiUpstream.Encoding

    package init(_ r: ConfigReader) {
        let url = "https://generativelanguage.googleapis.com/v1beta"
        http = ProviderConfiguration(
            r,
            ProviderConfiguration.Defaults(
                baseURL: url, exampleURL: url, exampleKey: "GEMINI_API_KEY", path: "/models/NAME:generateContent",
                keyHeader: .xGoogAPIKey))
        encoding = GeminiUpstream.Encoding(
            reasoning: r.value(
                "reasoning", .choice(.budget), default: .budget,
                doc: "What `reasoning_effort` becomes: a `budget` of thinking tokens, a thinking `level`, or nothing "
                    + "(`off`)."),
            unsupported: .setting(r), unknown: .setting(r))
    }
}
