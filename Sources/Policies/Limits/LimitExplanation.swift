/// What the limits would say to a request at a moment. Nothing was taken for it.
package struct LimitExplanation: Sendable {
    /// One rule with its numbers, in its own unit: requests, tokens or billionths of a dollar.
    package struct Rule: Sendable {
        package let rule: LimitRule
        /// As the request names it; empty where it does not.
        package let subject: String
        package let verdict: LimitDecision.Verdict
        package let limit: Int
        /// Before the request, reservations included.
        package let used: Int
        /// What may be used at once.
        package let remaining: Int
        /// What the request asks for, or would be reserved for it.
        package let amount: Int
        /// Requests that wait for a place.
        package let waiting: Int
        /// Nanoseconds until all is free again, or until the budget starts anew; nil: nobody knows.
        package let reset: Int?
        /// What the client would be told if it depended on this rule alone.
        package let refusal: Refusal?
    }

    /// Those that are for the request, in their order.
    package let rules: [Rule]
    /// What the request would be answered with; nil: it is let in, or waits.
    package let refusal: LimitRefusal?

    package init(rules: [Rule], refusal: LimitRefusal?) {
        self.rules = rules
        self.refusal = refusal
    }
}
