import ArgumentParser

/// The program: `sluice serve`, `check`, `explain`, `keys`, `schema`.
@main
struct Sluice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice", abstract: "An LLM gateway: an OpenAI-compatible reverse proxy in front of providers.",
        version: Version.current,
        subcommands: [Serve.self, Check.self, Explain.self, Keys.self, Schema.self])
}
