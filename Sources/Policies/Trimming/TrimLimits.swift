/// What a history has to fit into.
package struct TrimLimits: Hashable, Sendable {
    /// Tokens of the whole prompt; nil: any number.
    package var tokens: Int?
    /// Messages, those with instructions included; nil: any number.
    package var messages: Int?

    package init(tokens: Int? = nil, messages: Int? = nil) {
        self.tokens = tokens
        self.messages = messages
    }

    package func allow(tokens count: Int, messages number: Int) -> Bool {
        count <= tokens ?? .max && number <= messages ?? .max
    }
}
