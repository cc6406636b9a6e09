import ArgumentParser

/// `sluice schema`: prints the JSON Schema of the configuration, or its reference page.
struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the configuration's JSON Schema.")

    @Flag(help: "Print the reference page (docs/configuration.md) instead.")
    var markdown = false

    func run() {
        print(markdown ? ConfigMarkdown.generate() : ConfigSchema.generate(), terminator: "")
    }
}
