import Policies

/// One policy of the configuration, made ready for a worker: when it applies, what it does, and its counters.
///
/// Immutable, and a class so that lists of those for a request cost a reference each.
final class PolicyEntry<Settings> {
    let name: String
    /// As the configuration writes it.
    let kind: String
    /// False in shadow mode: its verdict is counted and logged, and the request goes on as it was.
    let isEnforced: Bool
    let settings: Settings
    let series: MetricSeries<PolicyKey>
    private let match: PolicyMatch
    private let isUnconditional: Bool

    init(_ policy: PolicyConfiguration, _ settings: Settings, _ metrics: MetricsRegistry) {
        name = policy.name
        kind = policy.kind.label
        isEnforced = policy.mode == .enforce
        self.settings = settings
        match = policy.match
        isUnconditional = match.rule.isUnconditional
        series = metrics.policy(
            PolicyKey(policy: policy.name, kind: policy.kind.label, mode: policy.mode.rawValue))
    }

    /// Whether it is for every request.
    var appliesAlways: Bool { isUnconditional && match.listeners.isEmpty }

    func applies(to facts: RequestFacts, listener: String) -> Bool {
        match.includes(listener: listener) && (isUnconditional || match.rule.includes(facts))
    }

    /// Why it is not for a request; empty: it is.
    func mismatches(_ facts: RequestFacts, listener: String) -> [String] {
        match.mismatches(facts, listener: listener)
    }

    /// Counts what it decided, and has the access log tell it unless the request just passed.
    func note(_ verdict: PolicyVerdict, _ decisions: inout [PolicyDecision]) {
        series.values.count(verdict)
        if verdict != .pass {
            decisions.append(PolicyDecision(policy: name, verdict: verdict, isShadow: !isEnforced))
        }
    }

    /// Notes a refusal and, where the policy is enforced, makes it the answer.
    func refuse(_ refusal: Refusal, _ decisions: inout [PolicyDecision]) throws(APIError) {
        note(.refuse, &decisions)
        if isEnforced { throw APIError(refusal, policy: name) }
    }
}
