import Policies

extension Explainer {
    /// What all limits say; they are asked at once, and each tells its own numbers.
    func limits(_ flow: inout ExplainedFlow?) async -> [PolicyExplanation] {
        var told: LimitExplanation?
        if let flow {
            told = await runtime.limiter.explain(flow.facts, listener: flow.listener, model: flow.route.name)
        }
        let policies = runtime.configuration.policies
        let explanations = policies.indices.filter { policies[$0].kind.isLimit }.map { place in
            let rules = told?.rules.filter { runtime.limiter.place(of: $0.rule) == place }
            return explain(policies[place], rules, flow)
        }
        if let refusal = told?.refusal { flow?.refuse(APIError(refusal.refusal, policy: refusal.policy)) }
        return explanations
    }

    private func explain(
        _ policy: PolicyConfiguration, _ rules: [LimitExplanation.Rule]?, _ flow: ExplainedFlow?
    ) -> PolicyExplanation {
        var explanation = PolicyExplanation(policy)
        guard let rules, let flow else {
            explanation.notReached()
            return explanation
        }
        let mismatches = policy.match.mismatches(flow.facts, listener: flow.listener)
        guard mismatches.isEmpty else {
            explanation.notMatched(mismatches)
            return explanation
        }
        explanation.facts = rules.first.map { [ExplainedFact("per", $0.rule.subject.text), $0.subjectFact] } ?? []
        explanation.counters = rules.map(\.facts)
        if let refused = rules.lazy.compactMap(\.refusal).first {
            explanation.refuse(refused)
        } else if rules.contains(where: { $0.verdict == .queued }) {
            explanation.queue()
        } else if rules.contains(where: { $0.verdict == .warned }) {
            explanation.warn()
        }
        return explanation
    }
}

extension PolicyConfiguration.Kind {
    fileprivate var isLimit: Bool {
        switch self {
        case .rateLimit, .concurrency, .budget: true
        default: false
        }
    }
}

extension LimitExplanation.Rule {
    fileprivate var subjectFact: ExplainedFact { ExplainedFact("subject", subject) }

    /// Limit, use, what is left and what the request asks, in the rule's unit.
    fileprivate var facts: [ExplainedFact] {
        var facts = [
            ExplainedFact("unit", unit), number("limit", limit), number("used", used),
            number("remaining", remaining), number("needed", amount),
        ]
        if case .concurrency(let setting) = rule.measure, setting.queue != nil {
            facts.append(ExplainedFact("waiting", waiting))
        }
        if let reset { facts.append(ExplainedFact("reset_ms", (reset + 999_999) / 1_000_000)) }
        return facts
    }

    private var unit: String {
        switch rule.measure {
        case .rate(let setting): setting.unit.rawValue
        case .concurrency: "requests under way"
        case .budget(let setting): setting.unit == .tokens ? "tokens" : "usd"
        }
    }

    /// Dollars instead of billionths of them.
    private func number(_ name: StaticString, _ value: Int) -> ExplainedFact {
        guard case .budget(let setting) = rule.measure, setting.unit == .nanodollars else {
            return ExplainedFact(name, value)
        }
        return ExplainedFact(name, Double(value) / 1e9)
    }
}
