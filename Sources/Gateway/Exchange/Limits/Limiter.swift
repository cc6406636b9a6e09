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
    private let rules: [String: [LimitRule]]
    /// Listeners where some limit counts tokens or their price.
    private let countingListeners: Set<String>
    private let prices: [String: TokenPrice]
    /// Of each rule's policy, in the configuration.
    private let places: [Int: Int]
    /// Of each rule that has decided, by its number.
    private var series: [Int: MetricSeries<PolicyKey>] = [:]

    init(_ configuration: Configuration, keeper: any LimitKeeper) {
        self.keeper = keeper
        let policies = LimitRules.make(configuration.policies, table: keeper.table)
        var rules: [String: [LimitRule]] = [:]
        for listener in configuration.listeners {
            rules[listener.name] = policies.filter { $0.match.includes(listener: listener.name) }.map(\.rule)
        }
        self.rules = rules
        places = Dictionary(uniqueKeysWithValues: policies.map { ($0.rule.number, $0.place) })
        countingListeners = Set(rules.filter { $0.value.contains(where: \.measure.countsTokens) }.keys)
        headerNames = Set(policies.flatMap(\.rule.headerNames))
        prices = Dictionary(
            configuration.models.compactMap { model in
                model.price.map { (model.name, $0) }
            }
        ) { first, _ in first }
    }

    /// Whether any request through the listener may be limited.
    func limits(listener: String) -> Bool { rules[listener]?.isEmpty == false }

    /// Whether a limit there asks for the prompt's tokens.
    func countsTokens(listener: String) -> Bool { countingListeners.contains(listener) }

    /// Takes for the request what all limits ask, in one step, or nothing.
    ///
    /// - Parameters:
    ///   - model: the name of the model's route, of a closed set.
    ///   - wakeup: woken when a wait has its answer.
    func admit(_ facts: RequestFacts, listener: String, model: String, waking wakeup: Wakeup) -> Answer {
        let request = request(facts, listener: listener, model: model)
        if request.isFree { return .admitted(nil) }
        return keeper.admit(request, waking: wakeup)
    }

    /// Takes over what another process was granted; nil: nothing that is counted here. Places are taken without asking.
    ///
    /// - Parameter takenAt: when it was taken, as `LimitGrant` has it.
    func restore(_ reservations: [LimitReservation], takenAt: Int, model: String, choices: Int) -> Admission? {
        guard !reservations.isEmpty else { return nil }
        let known = Dictionary(rules.values.joined().map { ($0.identity, $0) }) { first, _ in first }
        return keeper.restore { id in
            LimitGrant(
                restoring: reservations, takenAt: takenAt, id: id, rules: known, model: model, choices: choices,
                price: prices[model])
        }
    }

    /// What `admit` would say now; nothing is taken, and no counter changes.
    func explain(_ facts: RequestFacts, listener: String, model: String) async -> LimitExplanation {
        let request = request(facts, listener: listener, model: model)
        return await Wakeup.answer { keeper.explain(request, $0) }
    }

    /// The place in the configuration of a rule's policy.
    func place(of rule: LimitRule) -> Int? { places[rule.number] }

    /// The counters of what a rule decides.
    func series(of rule: LimitRule, in metrics: MetricsRegistry) -> MetricSeries<PolicyKey> {
        if let known = series[rule.number] { return known }
        let found = metrics.policy(
            PolicyKey(policy: rule.policy, kind: rule.kind, mode: rule.isShadow ? "shadow" : "enforce"))
        series[rule.number] = found
        return found
    }

    private func request(_ facts: RequestFacts, listener: String, model: String) -> LimitRequest {
        LimitRequest(facts, rules: rules[listener] ?? [], model: model, price: prices[model], owner: keeper.owner)
    }

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
        return rules.values.joined().compactMap { rule in
            guard rule.subject == subject, case .budget(let setting) = rule.measure, seen.insert(rule.number).inserted
            else { return nil }
            return (rule, setting)
        }
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
