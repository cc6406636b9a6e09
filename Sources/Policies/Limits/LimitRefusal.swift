/// Why the limits refuse a request: numbers first, words only when they are asked for.
package struct LimitRefusal: Sendable {
    enum Cause: Sendable {
        case rate(RateSetting, used: Int, needed: Int)
        case concurrency(ConcurrencySetting, underWay: Int)
        /// Waited in vain.
        case deadline(ConcurrencySetting)
        case budget(BudgetSetting, used: Int, needed: Int)
        /// Nobody can tell: the store that replicas share does not answer.
        case storeAway
    }

    let rule: LimitRule
    let subject: String
    let cause: Cause
    /// Milliseconds until it may pass; nil: never, or nobody knows.
    let wait: Int?
    /// What every policy said, the refusing ones among them.
    package internal(set) var decisions: [LimitDecision] = []
    package internal(set) var figures = RateFigures()

    init(_ rule: LimitRule, _ subject: String, _ cause: Cause, wait: Int?) {
        self.rule = rule
        self.subject = subject
        self.cause = cause
        self.wait = wait
    }

    /// The name of the policy that refuses.
    package var policy: String { rule.policy }

    /// Whether it keeps the request out for longer.
    func outlasts(_ other: LimitRefusal) -> Bool {
        guard let wait else { return other.wait != nil }
        return other.wait.map { wait > $0 } ?? false
    }
}
