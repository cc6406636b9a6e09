/// One worker's way to what was said to agents.
///
/// Belongs to the worker's loop and outlives reloads. `LocalConversations` keeps it in this process, `RedisConversations`
/// in Redis for all replicas. What is called when an answer is there is called once, perhaps before the call returns, and
/// within the time that a command may take; nothing here makes a chat fail.
protocol ConversationKeeper: AnyObject {
    /// Tells all messages so far, in order.
    func history(
        _ key: ConversationKey, _ bounds: ConversationStore.Bounds, _ done: @escaping ([[UInt8]]) -> Void)
    /// Empties a conversation.
    func reset(_ key: ConversationKey, _ bounds: ConversationStore.Bounds)
    /// Adds a turn. `done`: whoever asks from now on is told of it.
    func append(
        _ turn: ConversationTurn, to key: ConversationKey, _ bounds: ConversationStore.Bounds,
        _ done: @escaping () -> Void)
}
