/// Chats with agents (API page, agent dialect).
package struct AgentDialectConfiguration: Sendable {
    /// Default 3,600,000.
    package let historyTTLMs: Int
    /// Default 8.
    package let maxToolRounds: Int

    package init(_ r: ConfigReader) {
        historyTTLMs = r.milliseconds(
            "history_ttl_ms", default: 3_600_000, doc: "How long a conversation is kept after its last word.")
        maxToolRounds = r.int(
            "max_tool_rounds", default: 8, in: 1...100,
            doc: "How often the model may call tools before it is asked for its last word.")
    }
}
