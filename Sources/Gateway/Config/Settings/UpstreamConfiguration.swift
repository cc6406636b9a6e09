/// A provider or local model that answers completions.
package struct UpstreamConfiguration: Sendable {
    package enum Kind: Sendable {
        case openai(OpenAIUpstreamConfiguration)
        case anthropic(AnthropicUpstreamConfiguration)
        case gemini(GeminiUpstreamConfiguration)
        case bedrock(BedrockUpstreamConfiguration)
        case httpTask(HTTPTaskUpstreamConfiguration)
        case command(CommandUpstreamConfiguration)
        case echo(EchoUpstreamConfiguration)
        case magi(MagiUpstreamConfiguration)
    }

    /// Unique; by which models refer to it, and a label in metrics.
    package let name: String
    package let kind: Kind

    /// Whether it speaks the OpenAI API.
    var isOpenAI: Bool {
        if case .openai = kind { true } else { false }
    }

    /// Whether it has the Responses API.
    var hasResponses: Bool {
        if case .openai(let settings) = kind { settings.hasResponses } else { false }
    }

    /// Whether it asks other models of the gateway.
    var isMagi: Bool {
        if case .magi = kind { true } else { false }
    }

    /// Headers that it adds to every call, in lower case.
    var headerNames: [String] {
        kind.http?.headers.map(\.name) ?? []
    }

    static var kinds: [ConfigVariant<Kind>] {
        [
            ConfigVariant("openai", doc: "A provider that speaks the OpenAI API.") {
                .openai(OpenAIUpstreamConfiguration($0))
            },
            ConfigVariant("anthropic", doc: "A provider that speaks Anthropic's Messages API.") {
                .anthropic(AnthropicUpstreamConfiguration($0))
            },
            ConfigVariant("gemini", doc: "A provider that speaks Google's Gemini API.") {
                .gemini(GeminiUpstreamConfiguration($0))
            },
            ConfigVariant("bedrock", doc: "Models at Amazon Bedrock, by its Converse API.") {
                .bedrock(BedrockUpstreamConfiguration($0))
            },
            ConfigVariant("http_task", doc: "A provider that takes jobs, and is asked how they fare.") {
                .httpTask(HTTPTaskUpstreamConfiguration($0))
            },
            ConfigVariant(
                "command", doc: "A local program: the prompt on its standard input, the answer on its output."
            ) {
                .command(CommandUpstreamConfiguration($0))
            },
            ConfigVariant("echo", doc: "A local model that answers with the last user message.") {
                .echo(EchoUpstreamConfiguration($0))
            },
            ConfigVariant("magi", doc: "A coder and a panel of reviewers, which are models of this gateway.") {
                .magi(MagiUpstreamConfiguration($0))
            },
        ]
    }
}

extension UpstreamConfiguration.Kind {
    /// How the provider is reached; nil for one that is not called over HTTP.
    var http: ProviderConfiguration? {
        switch self {
        case .openai(let settings): settings.http
        case .anthropic(let settings): settings.http
        case .gemini(let settings): settings.http
        case .bedrock(let settings): settings.http
        case .httpTask(let settings): settings.http
        case .command, .echo, .magi: nil
        }
    }

    /// How calls are repeated, held back and queued.
    package var calls: CallRulesConfiguration {
        if case .command(let settings) = self { return settings.calls }
        return http?.calls ?? .local
    }
}
