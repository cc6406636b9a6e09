/// What one chat added to a conversation: the question, the calls of tools with their results, and the answer. Kept or
/// dropped as a whole, so that a tool's result never stands without its call.
struct ConversationTurn: Sendable {
    /// Of no other turn; hexadecimal digits.
    let id: String
    /// JSON texts without line feeds.
    let messages: [[UInt8]]

    init(_ messages: [[UInt8]], id: String = RandomBytes.hexadecimal(8)) {
        self.id = id
        self.messages = messages
    }

    /// Bytes of all messages.
    var byteCount: Int { messages.reduce(0) { $0 + $1.count } }
}
