/// What counters that are kept elsewhere say to one term of a request.
package struct LimitFinding: Sendable {
    package enum Verdict: Int, Sendable {
        case room = 0
        /// A concurrency limit without a free place, or one behind others that wait.
        case noPlace = 1
        case refusal = 2
    }

    package let verdict: Verdict
    /// What is taken, if the request as a whole is admitted.
    package let amount: Int
    /// Before the request, reservations included; of a concurrency limit the requests under way.
    package let used: Int
    /// Microseconds until the term would be met; nil: never, or nobody knows.
    package let wait: Int?
    /// The budget's period.
    package let period: Int
    /// Of a rate, after the request.
    package let remaining: Int
    /// Of a rate, after the request, microseconds until all is free again; of a budget until its period ends, 0: never.
    package let reset: Int

    package init(
        _ verdict: Verdict, amount: Int, used: Int, wait: Int?, period: Int, remaining: Int, reset: Int
    ) {
        self.verdict = verdict
        self.amount = amount
        self.used = used
        self.wait = wait
        self.period = period
        self.remaining = remaining
        self.reset = reset
    }
}
