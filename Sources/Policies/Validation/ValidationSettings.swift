/// What an operator asks of requests beyond what the API itself does. Nil: no limit but the API's own.
package struct ValidationSettings: Sendable {
    /// What becomes of fields that the API reference does not name.
    package enum UnknownFields: String, CaseIterable, Sendable {
        /// They travel on as they are.
        case allow
        case reject
    }

    /// Messages of a chat, or items of a response's input.
    package var maxMessages: Int?
    /// The highest value of `max_tokens`, `max_completion_tokens` and `max_output_tokens`.
    package var maxOutputTokens: Int?
    /// The highest value of `n` and `best_of`.
    package var maxChoices: Int?
    /// Bytes of UTF-8 of all text that the model reads.
    package var maxTextBytes: Int?
    /// The same for one message.
    package var maxMessageBytes: Int?
    package var maxImages: Int?
    package var maxTools: Int?
    /// Top-level fields that may be there, apart from those that must; nil: any.
    package var allowedFields: Vocabulary?
    /// Top-level fields that must not be there.
    package var forbiddenFields: Vocabulary = []
    package var unknownFields = UnknownFields.allow
    /// Whether the body must name its end user.
    package var requiresUser = false

    package init() {}

    func maximum(_ limit: ValidationLimit) -> Int? {
        switch limit {
        case .choices: maxChoices
        case .outputTokens: maxOutputTokens
        case .tools: maxTools
        }
    }
}
