/// Names a conversation: whose it is, with which agent, and its id among those.
struct ConversationKey: Hashable, Sendable {
    /// The caller; conversations of one are never seen by another.
    let owner: String
    let agent: String
    let id: String
}
