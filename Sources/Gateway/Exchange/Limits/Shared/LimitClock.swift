import Policies

/// What a worker knows of the store's clock: how far it is from its own.
struct LimitClock {
    /// Microseconds to add to the loop's clock; too few by the time that the answer took. Nil: not known yet.
    private var offset: Int?

    /// The store's clock showed `time` microseconds a moment ago. `isCertain`: what was known is wrong.
    mutating func note(_ time: Int, at now: LimitMoment, isCertain: Bool = false) {
        let found = time - now.nanoseconds / 1000
        offset = isCertain ? found : max(found, offset ?? found)
    }

    /// From which moment on, in the store's microseconds, a command sent now comes too late, since nobody waits for it
    /// any more; 0: not known.
    func deadline(_ now: LimitMoment, patience milliseconds: Int) -> Int {
        offset.map { now.nanoseconds / 1000 + $0 + milliseconds * 1000 } ?? 0
    }

    /// A time of the loop's clock in the store's microseconds; 0: not known.
    func time(_ nanoseconds: Int) -> Int { offset.map { nanoseconds / 1000 + $0 } ?? 0 }
}
