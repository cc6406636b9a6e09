/// How long to wait before connecting again: twice as long each time, up to a bound, and spread at random, so that
/// replicas which lost the same server do not come back at the same moments.
package struct RedisBackoff: Sendable {
    /// In milliseconds.
    package struct Limits: Sendable, Equatable {
        package var first: Int
        package var longest: Int

        package init(first: Int, longest: Int) {
            precondition(first > 0 && longest >= first, "pauses grow")
            self.first = first
            self.longest = longest
        }
    }

    private let limits: Limits
    private var next: Int

    package init(_ limits: Limits) {
        self.limits = limits
        next = limits.first
    }

    /// Milliseconds to wait this time: from half of the present pause to all of it. `random` is from 0 to below 1.
    package mutating func pause(random: Double) -> Int {
        let pause = next
        next = min(next * 2, limits.longest)
        return Int((Double(pause) * (0.5 + random / 2)).rounded(.up))
    }

    package mutating func reset() { next = limits.first }
}
