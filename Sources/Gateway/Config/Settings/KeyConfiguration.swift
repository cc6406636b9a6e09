/// A caller's key, known by its hash alone.
package struct KeyConfiguration: Sendable {
    /// For logs, metrics and usage; unique. Never the key itself.
    package let id: String
    /// SHA-256 of the key; 32 bytes, unique.
    package let sha256: [UInt8]
    /// Whose it is. Default: the id.
    package let user: String
    /// Nil (default): none.
    package let team: String?
    /// Names of models that it may use, with `*` for any run of characters. Default: all.
    package let models: [String]
    /// Seconds since 1970 after which it is refused; nil (default): never.
    package let expires: Int?

    package init(_ r: ConfigReader) {
        id = r.required("id", .string(), example: .string("alice-laptop"), doc: "For logs, metrics and usage; unique.")
        sha256 = r.required(
            "sha256", .sha256,
            example: .string("d48fce52832c460238fb82e9f6c57be593ad27ea6ddb5e15d74d1fb4245a76cd"),
            doc: "SHA-256 of the key in hexadecimal (`printf %s KEY | sha256sum`).")
        user = r.optional("user", .string(), example: .string("alice"), doc: "Whose it is; without it the id.") ?? id
        team = r.optional("team", .string(), example: .string("research"), doc: "The user's team; without it none.")
        models = r.value(
            "models", .list(of: .string(), minimum: 1), default: ["*"],
            doc: "Models that it may use; `*` stands for any run of characters.")
        expires = r.optional(
            "expires", .timestamp, example: .string("2030-01-01T00:00:00Z"),
            doc: "When it ends (RFC 3339); without it never.")
    }
}
