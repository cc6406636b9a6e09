/// Which messages of a history go.
package struct TrimPlan: Hashable, Sendable {
    /// For each message whether it is dropped.
    package let isDropped: [Bool]
    package let droppedMessages: Int
    package let droppedTokens: Int
}
