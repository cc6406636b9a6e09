import ArgumentParser

/// `sluice keys new`: makes a key, shows it once, and adds its entry to a file or shows that, too.
struct KeysNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a key and show it, this once.",
        discussion: """
            With --file the entry is added to that keys file, which is made if it is not there, and the key alone is \
            printed to standard output. Without it the key is printed, then the entry to paste into "keys".

            Several keys may have the same user: to rotate a key, make a second one, and remove the first when it is \
            no longer used.

            Example: sluice keys new --user alice --team research --models 'gpt-*,echo' --expires 90d --file keys.json
            """)

    @Option(help: "The entry's id, for logs and metrics. Without it one is made of the user's name.")
    var id: String?

    @Option(help: "Whose key it is. Without it the id.")
    var user: String?

    @Option(help: "The user's team.")
    var team: String?

    @Option(help: "Models that it may use, separated by commas; * stands for any run of characters. Without it all.")
    var models: String?

    @Option(help: "Words by which policies may match it, separated by commas.")
    var tags: String?

    @Option(help: "When it ends: days from now (90d), a date (2030-01-31) or a time (2030-01-31T12:00:00Z).")
    var expires: String?

    @Option(help: "The keys file to add the entry to.")
    var file: String?

    func validate() throws {
        for (name, value) in [("id", id), ("user", user), ("team", team), ("file", file)] {
            guard let value, value.isEmpty || value.unicodeScalars.contains(where: Self.isControl) else { continue }
            throw ValidationError("--\(name) needs a text that is not empty, without control characters.")
        }
        for (name, value) in [("models", models), ("tags", tags)] {
            guard let value, Self.list(value).isEmpty || value.unicodeScalars.contains(where: Self.isControl) else {
                continue
            }
            throw ValidationError("--\(name) needs at least one name.")
        }
        let tags = Self.list(tags ?? "")
        if tags.count > KeyConfiguration.maxTags || !tags.allSatisfy(KeyConfiguration.isTag) {
            throw ValidationError(
                "--tags takes at most \(KeyConfiguration.maxTags) words of at most \(KeyConfiguration.maxTagBytes)"
                    + " visible ASCII characters.")
        }
        guard let expires else { return }
        guard let end = KeyExpiry.seconds(expires, now: WallClock.seconds) else {
            throw ValidationError(
                "--expires needs days from now such as 90d, a date such as 2030-01-31, or a time such as"
                    + " 2030-01-31T12:00:00Z.")
        }
        if end <= WallClock.seconds { throw ValidationError("--expires lies in the past.") }
    }

    func run() throws {
        try Keys.run {
            let key = NewKey(
                id: id, user: user, team: team, models: models.map(Self.list) ?? [], tags: tags.map(Self.list) ?? [],
                expires: expires.flatMap { KeyExpiry.seconds($0, now: WallClock.seconds) })
            guard let file else {
                StandardStreams.print("\(key.key)\n\n\(key.entry.pretty())")
                return StandardStreams.printError(
                    "\nThe key is shown this once. Add the entry to \"keys\" of the configuration or of a keys file.")
            }
            try KeysFile.add(key, to: file)
            StandardStreams.print(key.key)
            StandardStreams.printError("Added \(key.id) to \(file). The key is shown this once.")
        }
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }.filter { !$0.isEmpty }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || scalar.value == 0x7F }
}
