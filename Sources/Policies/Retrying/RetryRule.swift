/// What is done when a call has failed before anything was told to the client.
package struct RetryRule: Sendable, Hashable {
    package enum Step: Equatable, Sendable {
        /// The same target, after so many milliseconds.
        case again(after: Int)
        /// The next target.
        case next
    }

    /// Calls of one request to one target at most.
    package var attempts: Int
    package var backoff: Backoff

    package init(attempts: Int = 2, backoff: Backoff = Backoff()) {
        self.attempts = attempts
        self.backoff = backoff
    }

    /// - Parameters:
    ///   - calls: made to this target for this request.
    ///   - retryAfter: milliseconds for which the provider asked to be left alone.
    ///   - left: milliseconds that the client will wait; nil: nobody knows.
    ///   - hasNext: whether there is another target.
    ///   - random: any number.
    ///   - mayRetry: takes one repetition from the budget of repetitions; asked last.
    package func step(
        after kind: FailureKind, calls: Int, retryAfter: Int?, left: Int?, hasNext: Bool, random: UInt64,
        mayRetry: () -> Bool
    ) -> Step {
        guard calls < attempts, kind.isWorthRepeating || kind.isBusy && !hasNext else { return .next }
        let wait = max(backoff.delay(before: calls, random: random), retryAfter ?? 0)
        guard wait <= backoff.longest, left.map({ wait < $0 }) ?? true, mayRetry() else { return .next }
        return .again(after: wait)
    }
}
