/// What a policy said to a request, for metrics and logs.
package struct LimitDecision: Hashable, Sendable {
    package enum Verdict: String, CaseIterable, Sendable {
        case allowed
        /// Allowed above a soft threshold.
        case warned
        /// Told to wait for a place.
        case queued
        case refused
    }

    package let rule: LimitRule
    package let verdict: Verdict

    package var policy: String { rule.policy }
    package var kind: String { rule.kind }
    package var isShadow: Bool { rule.isShadow }

    init(_ rule: LimitRule, _ verdict: Verdict) {
        self.rule = rule
        self.verdict = verdict
    }

    package static func == (a: Self, b: Self) -> Bool { a.rule === b.rule && a.verdict == b.verdict }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(rule))
        hasher.combine(verdict)
    }
}
