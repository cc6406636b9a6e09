import Policies

/// The limits of a configuration, made ready for one worker: rules by listener, prices by model.
///
/// A reload makes another one over the same counters.
final class Limiter {
    enum Answer {
        /// Nil: no limit is for the request.
        case admitted(Admission?)
        case refused(LimitRefusal)
        case waiting(LimitWait)
    }

    /// Header fields that a limit asks for, names in lower case: what `RequestFacts.headers` must hold.
    let headerNames: Set<String>
    private let keeper: any LimitKeeper
    /// The limits of one listener.
    struct Limits {
        fileprivate let rules: [LimitRule]
        /// Whether one of them asks for the prompt's tokens.
        let countTokens: Bool
    }

    /// Listeners without a limit have none.
    private let limits: ByListener<Limits>
    private let prices: [String: TokenPrice]
    /// Of each rule's policy, in the configuration.
    private let places: [Int: Int]
    /// What each rule's decisions are counted by, at its number.
    private let series: [MetricSeries<PolicyKey>?]

    init(_ configuration: Configuration, keeper: any LimitKeeper, metrics: MetricsRegistry) {
        self.keeper = keeper
        let policies = LimitRules.make(configuration.policies, table: keeper.table)
        limits = ByListener(configuration) { listener in
            let rules = policies.filter { $0.match.includes(listener: listener) }.map(\.rule)
            guard !rules.isEmpty else { return nil }
            return Limits(rules: rules, countTokens: rules.contains(where: \.measure.countsTokens))
        }
        places = Dictionary(uniqueKeysWithValues: policies.map { ($0.rule.number, $0.place) })
        var series: [MetricSeries<PolicyKey>?] = []
        for rule in policies.map(\.rule) {
            while series.count <= rule.number { series.append(nil) }
            series[rule.number] = metrics.policy(PolicyKey(rule))
        }
        self.series = series
        headerNames = Set(policies.flatMap(\.rule.headerNames))
        prices = Dictionary(
            configuration.models.compactMap { model in
                model.price.map { (model.name, $0) }
            }
        ) { first, _ in first }
    }

    /// Those that requests through the listener may be under; nil: none.
    func limits(of listener: String) -> Limits? { limits[listener] }

    /// Takes for the request what all limits ask, in one step, or nothing.
    ///
    /// - Parameters:
    ///   - model: the name of the model's route, of a closed set.
    ///   - price: what the model's tokens cost; nil: nobody knows.
    ///   - wakeup: woken when a wait has its answer.
    func admit(
        _ facts: RequestFacts, _ limits: Limits, model: String, price: TokenPrice?, waking wakeup: Wakeup
    ) -> Answer {
        let request = request(facts, limits, model: model, price: price)
        if request.isFree { return .admitted(nil) }
        return keeper.admit(request, waking: wakeup)
    }

    /// Takes over what another process was granted; nil: nothing that is counted here. Places are taken without asking.
    ///
    /// - Parameter takenAt: when it was taken, as `LimitGrant` has it.
    func restore(_ reservations: [LimitReservation], takenAt: Int, model: String, choices: Int) -> Admission? {
        guard !reservations.isEmpty else { return nil }
        let known = Dictionary(allRules.map { ($0.identity, $0) }) { first, _ in first }
        return keeper.restore { id in
            LimitGrant(
                restoring: reservations, takenAt: takenAt, id: id, rules: known, model: model, choices: choices,
                price: prices[model])
        }
    }

    /// What `admit` would say now; nothing is taken, and no counter changes.
    func explain(_ facts: RequestFacts, listener: String, model: String) async -> LimitExplanation {
        let limits = limits(of: listener) ?? Limits(rules: [], countTokens: false)
        let request = request(facts, limits, model: model, price: prices[model])
        return await Wakeup.answer { keeper.explain(request, $0) }
    }

    /// The place in the configuration of a rule's policy.
    func place(of rule: LimitRule) -> Int? { places[rule.number] }

    /// Counts what a rule said, if it is one of this configuration's.
    func count(_ rule: LimitRule, _ verdict: PolicyVerdict) {
        guard rule.number < series.count, let series = series[rule.number] else { return }
        series.values.count(verdict)
    }

    private func request(
        _ facts: RequestFacts, _ limits: Limits, model: String, price: TokenPrice?
    ) -> LimitRequest {
        LimitRequest(facts, rules: limits.rules, model: model, price: price, owner: keeper.owner)
    }

    /// Of all listeners; one may come more than once.
    private var allRules: some Sequence<LimitRule> { limits.values.flatMap(\.rules) }

    /// What the budgets know of a subject: for each that is counted by `subject` what was used, reservations included.
    /// Empty: nothing is known of it.
    func usage(of subject: LimitSubject, _ value: String) async -> [BudgetUsage] {
        let budgets = budgets(of: subject)
        let answer = await Wakeup.answer { keeper.used(of: budgets.map(\.rule), subject: value, $0) }
        return zip(budgets, answer).compactMap { budget, used in
            used.map { BudgetUsage(policy: budget.rule.policy, setting: budget.setting, used: $0) }
        }
    }

    /// Budgets that are counted by `subject`.
    func budgets(of subject: LimitSubject) -> [(rule: LimitRule, setting: BudgetSetting)] {
        var seen: Set<Int> = []
        return allRules.compactMap { rule in
            guard rule.subject == subject, case .budget(let setting) = rule.measure, seen.insert(rule.number).inserted
            else { return nil }
            return (rule, setting)
        }
    }
}

extension PolicyKey {
    fileprivate init(_ rule: LimitRule) {
        self.init(policy: rule.policy, kind: rule.kind, mode: rule.isShadow ? "shadow" : "enforce")
    }
}

extension LimitRule {
    fileprivate var headerNames: [String] {
        var names = Array(match.headers.keys)
        if case .header(let name) = subject { names.append(name) }
        if case .concurrency(let setting) = measure { names += setting.priorities.flatMap(\.headers.keys) }
        return names
    }
}

extension PolicyVerdict {
    /// The word for what a limit said.
    init(_ verdict: LimitDecision.Verdict) {
        switch verdict {
        case .allowed: self = .pass
        case .warned: self = .warn
        case .queued: self = .queue
        case .refused: self = .refuse
        }
    }
}
