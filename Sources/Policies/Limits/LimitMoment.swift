/// A point in time as limits need it: one clock for distances, one for calendars.
package struct LimitMoment: Hashable, Sendable {
    /// On a clock that never goes back, since any start.
    package var nanoseconds: Int
    /// Since 1970, UTC; never negative.
    package var seconds: Int

    package init(nanoseconds: Int, seconds: Int) {
        self.nanoseconds = nanoseconds
        self.seconds = seconds
    }

    /// Threads read their clocks before they take turns: whoever comes second must not find the first clock set back.
    /// The second clock may be set, by people.
    mutating func advance(to later: LimitMoment) {
        nanoseconds = max(nanoseconds, later.nanoseconds)
        seconds = later.seconds
    }
}
