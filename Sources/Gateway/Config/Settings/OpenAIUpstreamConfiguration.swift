/// A provider that speaks the OpenAI API.
package struct OpenAIUpstreamConfiguration: Sendable {
    package let http: ProviderConfiguration

    package init(_ r: ConfigReader) {
        http = ProviderConfiguration(
            r,
            ProviderConfiguration.Defaults(
                exampleURL: "https://api.openai.com/v1", exampleKey: "OPENAI_API_KEY", path: "/chat/completions"))
    }
}
