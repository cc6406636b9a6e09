package import Upstreams

/// A provider that speaks the OpenAI API.
package struct OpenAIUpstreamConfiguration: Sendable {
    package let http: ProviderConfiguration
    /// Where completions are asked for. Default openai.
    package let paths: OpenAIUpstream.Paths
    /// The parameter `api-version` of every call; nil (default): none.
    package let apiVersion: String?
    /// Whether it has the Responses API. Default false: responses are translated to chat completions.
    package let hasResponses: Bool

    package init(_ r: ConfigReader) {
        http = ProviderConfiguration(
            r,
            ProviderConfiguration.Defaults(
                exampleURL: "https://api.openai.com/v1", exampleKey: "OPENAI_API_KEY", path: "/chat/completions"))
        paths = r.value(
            "paths", .choice(.openai), default: .openai,
            doc: "`openai`: `/chat/completions`; `deployments`: `/deployments/NAME/chat/completions` with the model's "
                + "name, as Azure has it.")
        apiVersion = r.optional(
            "api_version", .string(), example: .string("2024-10-21"),
            doc: "The parameter `api-version` of every call, as Azure wants it; without it none.")
        hasResponses = r.value(
            "responses", .bool, default: false,
            doc: "`true`: it has the Responses API, and `/v1/responses` is relayed to it as it is; `false`: such"
                + " requests are translated to chat completions.")
    }
}
