/// Spreads units evenly over time: when the next may go out.
///
/// Owns the schedule. It never drifts with the lateness of who asks, but hardly makes up for time that was lost.
package struct PaceClock {
    /// Nanoseconds by which the schedule may be behind and still catch up: what timers are late by.
    package static let slack: Int64 = 20_000_000

    /// Nanoseconds for a unit.
    private let interval: Int64
    /// When the next unit may go out.
    package private(set) var next: Int64 = .min

    /// `rate`: units per second, above 0.
    package init(rate: Double) {
        precondition(rate > 0, "a rate at which nothing goes out")
        interval = Int64((1e9 / rate).rounded(.up))
    }

    package func isOpen(at now: Int64) -> Bool { next <= now }

    /// Nothing was waiting until now: time in which nothing came is not made up for.
    package mutating func resume(at now: Int64) { next = max(next, now) }

    /// Something was waiting: what is due has been due for a while, perhaps.
    package mutating func catchUp(at now: Int64) { next = max(next, now - Self.slack) }

    /// That many units have gone out. `resume` or `catchUp` was called before.
    package mutating func spend(_ units: Int) { next += interval * Int64(units) }
}
