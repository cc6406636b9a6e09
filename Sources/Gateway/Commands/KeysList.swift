import ArgumentParser

/// `sluice keys list`: whose keys there are, what they may and until when. Never shows a hash.
struct KeysList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys of a configuration or of a keys file.",
        discussion: """
            With --config the keys of the configuration and of its "keys_file" are listed; what else is in the \
            configuration is not looked at.
            """)

    @Option(help: "The configuration file. (default: config/gateway.json)")
    var config: String?

    @Option(help: "A keys file, instead of a configuration.")
    var file: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if config != nil, file != nil { throw ValidationError("Give either --config or --file.") }
    }

    func run() throws {
        try Keys.run {
            let keys =
                if let file { try ConfigLoader.keys(file: file) } else {
                    try ConfigLoader.keys(path: config ?? "config/gateway.json")
                }
            let table = KeyTable(keys, now: WallClock.seconds)
            StandardStreams.print(json ? table.json : table.text)
        }
    }
}
