package import Policies

/// `POST /chat` with a question (API page, question dialect).
package struct QuestionDialectConfiguration: Sendable {
    /// What answers.
    package let model: String
    /// What is said to the model before the question; nil (default): nothing.
    package let system: String?
    /// Default 900; 0: answers are only shared while they are written.
    package let cacheTTLSeconds: Int
    /// Default user.
    package let scope: CacheScope
    /// Default cancel.
    package let whenAbandoned: CachePolicyConfiguration.Abandonment

    package init(_ r: ConfigReader, models: [String]) {
        model = r.dialectModel(models)
        system = r.dialectSystem()
        cacheTTLSeconds = r.int(
            "cache_ttl_seconds", default: 900, in: 0...2_592_000, unit: .seconds,
            doc: "How long an answer is kept after it was whole; 0: it is only shared while it is written.")
        scope = r.value(
            "scope", .choice(.user), default: .user,
            doc: "Who shares answers: each `user` alone (without a user: each key), a `team`, or all (`global`).")
        whenAbandoned = r.value(
            "when_abandoned", .choice(.cancel), default: .cancel,
            doc: "When nobody reads an answer any more that is being written: `cancel` it, or `finish` it to keep it.")
    }
}
