/// What trimming has to know of one message of a chat.
package struct MessageFacts: Hashable, Sendable {
    package enum Role: Hashable, Sendable {
        /// `system` or `developer`: instructions.
        case instructions
        /// Begins a turn.
        case user
        /// `assistant`, `tool`, `function` and whatever else there may be.
        case other
    }

    package let role: Role
    package let tokens: Int
    /// Ids of the tool calls that the message makes.
    package let calls: [String]
    /// The id of the call whose result the message is.
    package let answers: String?

    package init(_ role: Role, tokens: Int, calls: [String] = [], answers: String? = nil) {
        self.role = role
        self.tokens = tokens
        self.calls = calls
        self.answers = answers
    }
}
