/// What a string must be.
struct TextRule: Sendable {
    /// In Unicode scalars.
    var length: ClosedRange<Int> = 0...Int.max
    var pattern: TextPattern?
    /// Whether the model reads it, so that it counts as text of the request.
    var isPrompt = false

    /// Of functions and of schemas: 1 to 64 letters, digits, `_` and `-`.
    static let functionName = TextRule(length: 1...64, pattern: .functionName)
    /// Of the author of a message.
    static let participantName = TextRule(length: 1...64, pattern: .participantName)
    static let link = TextRule(length: 1...Int.max, pattern: .link)
}
