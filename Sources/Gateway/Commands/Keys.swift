import ArgumentParser

/// `sluice keys`: makes, hashes and lists callers' keys. A key is shown when it is made and never again: the gateway
/// keeps hashes alone.
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, hash and list callers' keys.",
        discussion: """
            The gateway knows a key by its SHA-256 alone. Keys stand in "keys" of the configuration, or in a file of \
            their own that "keys_file" names; a running gateway takes changes of either.
            """,
        subcommands: [KeysNew.self, KeysHash.self, KeysList.self])

    /// Runs the work of a command; what goes wrong is told as it is, and the command exits with 1.
    static func run(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            StandardStreams.printError("\(error)")
            throw ExitCode.failure
        }
    }
}
