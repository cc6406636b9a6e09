/// When a target is left alone, and for how long.
package struct BreakerSettings: Sendable, Hashable {
    /// Failures in a row that open the breaker; 0: it never opens.
    package var failures: Int
    /// Milliseconds within which they must have come.
    package var window: Int
    /// Milliseconds until a single call tries whether the target is back.
    package var open: Int

    package init(failures: Int = 5, window: Int = 30_000, open: Int = 3000) {
        self.failures = failures
        self.window = window
        self.open = open
    }
}
