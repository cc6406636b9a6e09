/// How long to wait before a call is repeated: exponentially longer, up to a bound, each time a little different.
package struct Backoff: Sendable, Hashable {
    /// Milliseconds before the first repetition.
    package var first: Int
    /// What each wait is multiplied with for the next.
    package var factor: Double
    /// Milliseconds at most.
    package var longest: Int
    /// The share of a wait, 0 to 1, by which it may be longer or shorter.
    package var jitter: Double

    package init(first: Int = 250, factor: Double = 2, longest: Int = 8000, jitter: Double = 0.2) {
        self.first = first
        self.factor = factor
        self.longest = longest
        self.jitter = jitter
    }

    /// Milliseconds before repetition `number` (1: the first). `random`: any number.
    package func delay(before number: Int, random: UInt64) -> Int {
        var wait = Double(first)
        for _ in 1..<max(number, 1) where wait < Double(longest) { wait *= factor }
        wait = min(wait, Double(longest))
        // 53 bits make a number from 0 up to 1.
        let share = Double(random >> 11) / Double(1 << 53)
        return min(longest, max(0, Int(wait * (1 + jitter * (2 * share - 1)))))
    }
}
