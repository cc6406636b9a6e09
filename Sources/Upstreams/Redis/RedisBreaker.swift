/// Whether commands to one server are worth trying.
///
/// States: closed, while fewer than `threshold` failures came one after another → open, since a point in time; every
/// command fails without being tried, and only attempts to connect go on, as probes → closed, when one of them has
/// brought a server that answers (`recover`).
package struct RedisBreaker: Sendable {
    private let threshold: Int
    private var failures = 0
    /// Nil: closed.
    package private(set) var openSince: MonotonicTime?

    package init(threshold: Int) {
        precondition(threshold > 0, "a breaker without failures would never close")
        self.threshold = threshold
    }

    package var isOpen: Bool { openSince != nil }

    /// Counts a failure; true when it opened the breaker.
    package mutating func fail(at now: MonotonicTime) -> Bool {
        failures += 1
        guard failures >= threshold, !isOpen else { return false }
        openSince = now
        return true
    }

    /// A command was served.
    package mutating func succeed() { failures = 0 }

    /// A probe was served. One failure less than the threshold stays on the account until a command is served, so that
    /// a server which takes connections and no commands opens the breaker again at once.
    package mutating func recover() {
        if isOpen { failures = threshold - 1 }
        openSince = nil
    }
}
