/// A key that was just made, and the entry by which the gateway will know it. It goes to standard output and nowhere
/// else.
struct NewKey {
    let key = Self.secret()
    let id: String
    private let user: String?
    private let team: String?
    private let models: [String]
    private let tags: [String]
    private let expires: Int?

    /// Without an id, one is made of the user's name. `expires`: seconds since 1970.
    init(id: String?, user: String?, team: String?, models: [String], tags: [String], expires: Int?) {
        self.id = id ?? Self.id(user: user)
        self.user = user
        self.team = team
        self.models = models
        self.tags = tags
        self.expires = expires
    }

    /// `sk-sluice-` and 48 hexadecimal digits: 192 bits that cannot be guessed.
    static func secret() -> String { "sk-sluice-" + RandomBytes.hexadecimal(24) }

    /// An id for a key of this user, or of nobody in particular.
    static func id(user: String?) -> String { "\(user ?? "key")-\(RandomBytes.hexadecimal(3))" }

    /// The entry for `keys`, with the members that were given.
    var entry: ConfigJSON {
        let texts: [(String, String?)] = [
            ("id", id), ("sha256", SHA256.hash(Array(key.utf8)).hexadecimal), ("user", user), ("team", team),
        ]
        let lists = [("models", models), ("tags", tags)].filter { !$0.1.isEmpty }
        return .object(
            texts.compactMap { name, text in text.map { (name, .string($0)) } }
                + lists.map { ($0, .array($1.map { .string($0) })) }
                + [expires].compactMap { $0 }.map { ("expires", .string(KeyExpiry.text($0))) })
    }
}
