import ArgumentParser
import Glibc

/// The program: `sluice serve`, `check`, `explain`, `keys`, `schema`, `chat`.
@main
struct Sluice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice", abstract: "An LLM gateway: an OpenAI-compatible reverse proxy in front of providers.",
        version: Version.current,
        subcommands: [Serve.self, Check.self, Explain.self, Keys.self, Schema.self, Chat.self])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let command = CommandLine.arguments.dropFirst().first
            guard exitCode(for: error) == .validationFailure, command == "explain" || command == "chat" else {
                exit(withError: error)
            }
            // Their exit codes are a verdict; a wrong argument is none.
            StandardStreams.printError(fullMessage(for: error))
            Glibc.exit(Explain.unusable.rawValue)
        }
    }
}
