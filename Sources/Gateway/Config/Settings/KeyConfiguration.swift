/// A caller's key, known by its hash alone.
package struct KeyConfiguration: Sendable {
    /// For logs, metrics and usage; unique. Never the key itself.
    package private(set) var id: String
    /// SHA-256 of the key; 32 bytes, unique.
    package private(set) var sha256: [UInt8]
    /// Whose it is; several keys may have the same user. Default: the id.
    package let user: String
    /// Nil (default): none.
    package let team: String?
    /// Names of models that it may use, with `*` for any run of characters. Default: all.
    package let models: [String]
    /// Other models in the place of those that it asks for: the first pattern that fits decides. Default: none.
    package let modelMap: [(name: String, value: String)]
    /// Words by which policies may tell keys apart; at most 16 of at most 64 bytes. Default: none.
    package let tags: [String]
    /// Seconds since 1970 after which it is refused; nil (default): never.
    package private(set) var expires: Int?
    /// Whether it is refused until further notice. Default false.
    package let isDisabled: Bool
    /// Whether it stands in the keys file, rather than in the configuration itself.
    package private(set) var isInFile = false

    package static let maxTags = 16
    package static let maxTagBytes = 64

    package init(_ r: ConfigReader) {
        id = r.required("id", .string(), example: .string("alice-laptop"), doc: "For logs, metrics and usage; unique.")
        sha256 = r.required(
            "sha256", .sha256,
            example: .string("d48fce52832c460238fb82e9f6c57be593ad27ea6ddb5e15d74d1fb4245a76cd"),
            doc: "SHA-256 of the key in hexadecimal (`sluice keys hash`).")
        user = r.optional("user", .string(), example: .string("alice"), doc: "Whose it is; without it the id.") ?? id
        team = r.optional("team", .string(), example: .string("research"), doc: "The user's team; without it none.")
        models = r.value(
            "models", .list(of: .string(), minimum: 1), default: ["*"],
            doc: "Models that it may use; `*` stands for any run of characters.")
        modelMap = r.value(
            "model_map", .map(of: .string()), default: [],
            example: .object([("gpt-4o", .string("gpt-4o-mini"))]),
            doc: "Other models in the place of those that it asks for; `*` stands for any run of characters.")
        tags = r.value(
            "tags", .list(of: .tag), default: [], example: .array([.string("batch")]),
            doc: "At most \(Self.maxTags) words by which policies may match it.")
        expires = r.optional(
            "expires", .timestamp, example: .string("2030-01-01T00:00:00Z"),
            doc: "When it ends (RFC 3339); without it never.")
        isDisabled = r.bool("disabled", default: false, doc: "It is refused until further notice.")
        if tags.count > Self.maxTags {
            r.report("expected at most \(Self.maxTags) tags, found \(tags.count)", at: "tags")
        }
    }

    /// Whether the text can be a tag: visible ASCII of bounded length.
    static func isTag(_ text: String) -> Bool {
        (1...maxTagBytes).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// The same as an entry of the keys file.
    func inFile() -> Self {
        var key = self
        key.isInFile = true
        return key
    }

    /// The same entry for another key.
    func renewed(id: String, sha256: [UInt8]) -> Self {
        var key = self
        key.id = id
        key.sha256 = sha256
        return key
    }

    /// The same key, which ends then unless it ends before. `time`: seconds since 1970.
    func ending(by time: Int) -> Self {
        var key = self
        key.expires = expires.map { min($0, time) } ?? time
        return key
    }

    /// The keys of a configuration: those in its `keys`, then those in the file that `keys_file` names; and the path of
    /// that file.
    static func list(_ r: ConfigReader) -> (keys: [Self], file: String?) {
        let own = r.value("keys", .list(of: .object(Self.init)), default: [], doc: "The callers' keys.")
        requireUnique(r)
        let file = r.optional(
            "keys_file", .keysFile(beside: own), example: .string("keys.json"),
            doc: "File with further keys, `{ \"keys\": […] }`; made and added to by `sluice keys new`.")
        return (own + (file?.keys ?? []), file?.path)
    }

    /// The keys of a keys file. `own`: those of the configuration that names it.
    static func file(_ r: ConfigReader, beside own: [Self]) -> [Self] {
        let keys = r.required(
            "keys", .list(of: .object(Self.init)), doc: "The callers' keys, each as in `keys` of the configuration.")
        requireUnique(r)
        let ids = Set(own.map(\.id))
        let digests = Set(own.map(\.sha256))
        for (index, key) in keys.enumerated() {
            if ids.contains(key.id) {
                r.report("a key of the configuration itself has this id", at: "keys", .element(index), "id")
            }
            if digests.contains(key.sha256) {
                r.report("the configuration itself has this key", at: "keys", .element(index), "sha256")
            }
        }
        return keys.map { $0.inFile() }
    }

    private static func requireUnique(_ r: ConfigReader) {
        r.requireUnique("keys", "id", "two keys have this id")
        r.requireUnique("keys", "sha256", canonical: { $0.lowercased() }, "two keys are the same")
    }
}

extension ConfigType<String> {
    /// A key's tag.
    fileprivate static var tag: Self {
        parsed(
            "a tag of 1 to \(KeyConfiguration.maxTagBytes) visible ASCII characters",
            pattern: "^[!-~]{1,\(KeyConfiguration.maxTagBytes)}$", placeholder: "", json: { .string($0) }
        ) { KeyConfiguration.isTag($0) ? $0 : nil }
    }
}
