/// A provider or local model that answers completions.
package struct UpstreamConfiguration: Sendable {
    package enum Kind: Sendable {
        case openai(OpenAIUpstreamConfiguration)
        case echo(EchoUpstreamConfiguration)
    }

    /// Unique; by which models refer to it, and a label in metrics.
    package let name: String
    package let kind: Kind

    /// Whether it speaks the OpenAI API.
    var isOpenAI: Bool {
        if case .openai = kind { true } else { false }
    }

    /// Headers that it adds to every call, in lower case.
    var headerNames: [String] {
        if case .openai(let openai) = kind { openai.headers.map(\.name) } else { [] }
    }

    static var kinds: [ConfigVariant<Kind>] {
        [
            ConfigVariant("openai", doc: "A provider that speaks the OpenAI API.") {
                .openai(OpenAIUpstreamConfiguration($0))
            },
            ConfigVariant("echo", doc: "A local model that answers with the last user message.") {
                .echo(EchoUpstreamConfiguration($0))
            },
        ]
    }
}
