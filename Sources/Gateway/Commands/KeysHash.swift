import ArgumentParser

/// `sluice keys hash`: the SHA-256 of a key that is read from standard input. A key never stands in the command line,
/// where other users of the machine and the shell's history would see it.
struct KeysHash: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash", abstract: "Print the SHA-256 of a key, for \"sha256\" of an entry.",
        discussion: """
            The key is the first line of standard input; at a terminal it is asked for, and not shown as it is typed.

            Example: sluice keys hash < key.txt
            """)

    func run() throws {
        try Keys.run {
            let key = try KeyPrompt.read()
            StandardStreams.print(SHA256.hash(key).hexadecimal)
        }
    }
}
