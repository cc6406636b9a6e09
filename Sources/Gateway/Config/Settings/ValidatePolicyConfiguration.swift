package import Policies

/// What a request body must be, beyond what the API itself asks for.
package struct ValidatePolicyConfiguration: Sendable {
    package let settings: ValidationSettings

    package init(_ r: ConfigReader) {
        var settings = ValidationSettings()
        settings.maxMessages = Self.limit(
            r, "max_messages", example: 1000, doc: "Most messages of a chat, or items of a response's input.")
        settings.maxOutputTokens = Self.limit(
            r, "max_output_tokens", example: 16384, unit: .tokens,
            doc: "Highest `max_tokens`, `max_completion_tokens` and `max_output_tokens`.")
        settings.maxChoices = Self.limit(r, "max_n", example: 4, doc: "Highest `n` and `best_of`.")
        settings.maxTextBytes = Self.limit(
            r, "max_text_bytes", example: 1_000_000, unit: .bytes,
            doc: "Most text that the model reads, over all messages.")
        settings.maxMessageBytes = Self.limit(
            r, "max_message_bytes", example: 200_000, unit: .bytes, doc: "The same for each message.")
        settings.maxImages = Self.limit(r, "max_images", from: 0, example: 10, doc: "Most images over all messages.")
        settings.maxTools = Self.limit(r, "max_tools", from: 0, example: 64, doc: "Most tools.")
        settings.allowedFields = r.optional(
            "allowed_fields", .list(of: .string()), example: .array([.string("temperature")]),
            doc: "The only top-level fields that may be there, apart from those that must."
        ).map { Vocabulary($0) }
        settings.forbiddenFields = Vocabulary(
            r.value(
                "forbidden_fields", .list(of: .string()), default: [], example: .array([.string("logit_bias")]),
                doc: "Top-level fields that must not be there."))
        settings.unknownFields = r.value(
            "unknown_fields", .choice(.allow), default: .allow,
            doc: "`reject`: refuse fields that the API reference does not name, at any level.")
        settings.requiresUser = r.bool(
            "require_user", default: false, doc: "Asks for a `user` or `safety_identifier` in every body.")
        self.settings = settings
    }

    /// A number that may be left out, which means no limit of the gateway's own.
    private static func limit(
        _ r: ConfigReader, _ key: String, from lowest: Int = 1, example: Int, unit: ConfigUnit = .count, doc: String
    ) -> Int? {
        r.optional(
            key, .int(in: lowest...1_000_000_000, unit: unit), example: .integer(example),
            doc: doc + " Without it only the API's own limits hold.")
    }
}
