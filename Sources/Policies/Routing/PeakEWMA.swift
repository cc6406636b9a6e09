/// A mean of times that believes bad news at once and good news slowly: a time above the mean becomes the mean, one below
/// moves it by its age (the peak-EWMA of Finagle's load balancer).
///
/// Times are milliseconds on the caller's clock.
package struct PeakEWMA: Sendable {
    /// Milliseconds after which the old mean counts for about a third.
    package static let decay = 10_000.0

    package private(set) var mean = 0.0
    private var updatedAt = 0

    package init() {}

    package mutating func record(_ milliseconds: Double, at now: Int) {
        let age = Double(max(0, now - updatedAt))
        updatedAt = now
        guard milliseconds < mean else {
            mean = milliseconds
            return
        }
        // The first terms of an exponential's fraction: exact where it matters, at ages well below the decay.
        let kept = 1 / (1 + age / Self.decay + age * age / (2 * Self.decay * Self.decay))
        mean = mean * kept + milliseconds * (1 - kept)
    }

    /// The same as `value`; nil: nothing was recorded yet.
    package func known(at now: Int) -> Double? { mean > 0 ? value(at: now) : nil }

    /// The mean as it stands now: what has not been asked for long may have become better.
    package func value(at now: Int) -> Double {
        let age = Double(max(0, now - updatedAt)) / Self.decay
        return mean / (1 + age + age * age / 2)
    }
}
