/// Chats with agents (API page, agent dialect).
package struct AgentDialectConfiguration: Sendable {
    /// Default 3,600,000.
    package let historyTTLMs: Int
    /// Conversations of all callers together that the process holds. Default 10,000.
    package let maxConversations: Int
    /// Bytes of one conversation. Default 1,048,576.
    package let maxConversationBytes: Int
    /// Bytes of all conversations together that the process holds. Default 268,435,456.
    package let maxHistoryBytes: Int
    /// Default 8.
    package let maxToolRounds: Int
    /// Agents that clients have made, of all callers together. Default 1,000.
    package let maxAgents: Int
    /// Agents that one caller has made. Default 100.
    package let maxAgentsPerCaller: Int

    package init(_ r: ConfigReader) {
        historyTTLMs = r.milliseconds(
            "history_ttl_ms", default: 3_600_000, doc: "How long a conversation is kept after its last word.")
        maxConversations = r.int(
            "max_conversations", default: 10_000, in: 1...10_000_000,
            doc: "Conversations that the process holds; the one that was used longest ago goes first.")
        maxConversationBytes = r.int(
            "max_conversation_bytes", default: 1_048_576, in: 1024...1_073_741_824, unit: .bytes,
            doc: "What is kept of one conversation; its oldest turns go first.")
        maxHistoryBytes = r.int(
            "max_history_bytes", default: 268_435_456, in: 1024...1_099_511_627_776, unit: .bytes,
            doc: "What the process holds of all conversations together.")
        maxToolRounds = r.int(
            "max_tool_rounds", default: 8, in: 1...100,
            doc: "How often the model may call tools before it is asked for its last word.")
        maxAgents = r.int(
            "max_agents", default: 1_000, in: 1...1_000_000, doc: "Agents that clients may make, all together.")
        maxAgentsPerCaller = r.int(
            "max_agents_per_caller", default: 100, in: 1...1_000_000, doc: "Agents that one caller may make.")
    }
}
