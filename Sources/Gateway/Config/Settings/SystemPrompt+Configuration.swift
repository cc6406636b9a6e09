internal import Policies

extension SystemPrompt {
    /// Reads `system` of a `rewrite` policy.
    package init(_ r: ConfigReader) {
        self.init(
            r.required(
                "prepend", .template, example: .string("You answer for {team}. Be brief."),
                doc: "The text; it may hold `{user}`, `{team}`, `{key_id}`, `{model}` and `{request_id}`."),
            mode: r.value(
                "mode", .choice(.merge), default: .merge,
                doc: "`merge`: before the text of the first message where that is one of instructions, else as"
                    + " `first`; `first`: as a message of its own."),
            role: r.value("role", .choice(.system), default: .system, doc: "Of a message of its own."))
    }
}
