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

    package let policy: String
    package let kind: String
    package let verdict: Verdict
    package let isShadow: Bool

    init(_ claim: LimitClaim) {
        policy = claim.rule.policy
        kind = claim.rule.kind
        verdict = claim.verdict
        isShadow = claim.rule.isShadow
    }
}
