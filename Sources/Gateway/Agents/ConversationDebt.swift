/// What the store that replicas share has not been told yet of a conversation.
struct ConversationDebt: Sendable {
    /// The mark of the last reset; nil: none. It comes before the turns.
    var reset: String?
    /// In their order.
    var turns: [ConversationTurn] = []
}
