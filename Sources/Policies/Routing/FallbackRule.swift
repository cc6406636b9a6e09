/// A model that is asked when another has failed.
package struct FallbackRule: Sendable, Hashable {
    package let model: String
    /// After which failures; empty: after those that are the target's own, and after prompts that are too long if this
    /// model takes more.
    package let kinds: Set<FailureKind>

    package init(_ model: String, on kinds: Set<FailureKind> = []) {
        self.model = model
        self.kinds = kinds
    }

    /// - Parameters:
    ///   - contextTokens: what the model takes; nil: not known.
    ///   - failedContextTokens: the same of the model that failed.
    package func applies(after kind: FailureKind, contextTokens: Int?, failedContextTokens: Int?) -> Bool {
        if !kinds.isEmpty { return kinds.contains(kind) }
        if kind == .contextLength, let contextTokens, let failedContextTokens {
            return contextTokens > failedContextTokens
        }
        return kind.isTheTargetsOwn
    }
}
