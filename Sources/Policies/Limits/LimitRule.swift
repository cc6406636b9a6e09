/// One limit of the configuration, made ready: what it measures, per whom, and for which requests.
///
/// A `rate_limit` policy with both `requests` and `tokens` makes two rules. A class, since each request under way holds
/// those that it was counted by.
package final class LimitRule: Sendable {
    package enum Measure: Sendable {
        case rate(RateSetting)
        case concurrency(ConcurrencySetting)
        case budget(BudgetSetting)

        /// Whether a request's tokens matter to it.
        package var countsTokens: Bool {
            switch self {
            case .rate(let setting): setting.unit == .tokens
            case .concurrency: false
            case .budget: true
            }
        }
    }

    /// The number of its counters, which a reload keeps: see `LimitLedger.number(of:)`.
    package let number: Int
    /// The policy's name, for clients and metrics.
    package let policy: String
    package let subject: LimitSubject
    package let match: MatchRule
    private let isUnconditional: Bool
    /// Decides and counts, but neither refuses nor shows.
    package let isShadow: Bool
    package let measure: Measure
    /// The most subjects that have counters of their own.
    package let maxSubjects: Int
    /// Names its counters outside of this process.
    package let identity: String
    package let onStoreFailure: StoreFailure
    /// Of a concurrency limit.
    private let priorities: [MatchRule]
    /// Nil: it is the whole.
    private let origin: LimitRule?

    /// The rule itself, or what it is a replica's share of.
    package var whole: LimitRule { origin ?? self }

    package init(
        number: Int, policy: String, per subject: LimitSubject, match: MatchRule = MatchRule(), isShadow: Bool = false,
        maxSubjects: Int = 100_000, identity: String = "", onStoreFailure: StoreFailure = .local, _ measure: Measure
    ) {
        self.number = number
        self.policy = policy
        self.subject = subject
        self.match = match
        isUnconditional = match.isUnconditional
        self.isShadow = isShadow
        self.maxSubjects = maxSubjects
        self.identity = identity
        self.onStoreFailure = onStoreFailure
        self.measure = measure
        if case .concurrency(let setting) = measure { priorities = setting.priorities } else { priorities = [] }
        origin = nil
    }

    /// A share of `whole`, of the same counters.
    init(_ whole: LimitRule, _ measure: Measure) {
        number = whole.number
        policy = whole.policy
        subject = whole.subject
        match = whole.match
        isUnconditional = whole.isUnconditional
        isShadow = whole.isShadow
        maxSubjects = whole.maxSubjects
        identity = whole.identity
        onStoreFailure = whole.onStoreFailure
        self.measure = measure
        priorities = whole.priorities
        origin = whole
    }

    /// Whether it is for the request.
    func includes(_ facts: RequestFacts) -> Bool { isUnconditional || match.includes(facts) }

    /// A request's class in the line of a concurrency limit; 0 goes first.
    func priority(of facts: RequestFacts) -> Int {
        priorities.firstIndex { $0.includes(facts) } ?? priorities.count
    }

    /// The configuration's word for it.
    package var kind: String {
        switch measure {
        case .rate: "rate_limit"
        case .concurrency: "concurrency"
        case .budget: "budget"
        }
    }
}
