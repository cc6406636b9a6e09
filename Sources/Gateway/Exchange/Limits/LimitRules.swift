import Policies

/// Makes rules of the policies that limit.
///
/// Counters belong to the policy's name, its kind, whose counter it is and the unit; the second of two that agree in all
/// of these has counters of its own, too. All else may change at a reload without a count being lost.
enum LimitRules {
    struct Made {
        /// The place in the configuration of the policy that it is of.
        let place: Int
        let match: PolicyMatch
        let rule: LimitRule
    }

    static func make(_ policies: [PolicyConfiguration], table: LimitTable) -> [Made] {
        var uses: [String: Int] = [:]
        return policies.enumerated().flatMap { place, policy in
            measures(of: policy.kind).map { measure in
                var identity = "\(policy.name)/\(measure.unit)/\(measure.subject.text)"
                let use = uses[identity, default: 0] + 1
                uses[identity] = use
                if use > 1 { identity += "/\(use)" }
                return Made(
                    place: place, match: policy.match,
                    rule: LimitRule(
                        number: table.number(of: identity), policy: policy.name, per: measure.subject,
                        match: policy.match.rule, isShadow: policy.mode == .shadow, maxSubjects: measure.maxSubjects,
                        identity: identity, onStoreFailure: measure.onStoreFailure, measure.measure))
            }
        }
    }

    private struct Measure {
        let unit: String
        let subject: LimitSubject
        let maxSubjects: Int
        let onStoreFailure: StoreFailure
        let measure: LimitRule.Measure
    }

    private static func measures(of kind: PolicyConfiguration.Kind) -> [Measure] {
        switch kind {
        case .rateLimit(let policy):
            policy.settings.map {
                Measure(
                    unit: "rate of \($0.unit.rawValue)", subject: policy.subject, maxSubjects: policy.maxSubjects,
                    onStoreFailure: policy.onStoreFailure, measure: .rate($0))
            }
        case .concurrency(let policy):
            [
                Measure(
                    unit: "concurrency", subject: policy.subject, maxSubjects: policy.maxSubjects,
                    onStoreFailure: policy.onStoreFailure, measure: .concurrency(policy.setting))
            ]
        case .budget(let policy):
            [
                Measure(
                    unit: policy.setting.unit == .tokens ? "budget of tokens" : "budget of dollars",
                    subject: policy.subject, maxSubjects: policy.maxSubjects,
                    onStoreFailure: policy.onStoreFailure, measure: .budget(policy.setting))
            ]
        case .auth, .validate, .guard, .rewrite, .trimHistory, .headers, .cache, .pace: []
        }
    }
}
