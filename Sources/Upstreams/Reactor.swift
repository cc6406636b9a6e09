/// A point on the loop's monotonic clock, in nanoseconds since an arbitrary start.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    package func advanced(milliseconds: Int) -> Self {
        Self(nanoseconds: nanoseconds + Int64(milliseconds) * 1_000_000)
    }

    /// Milliseconds from `earlier` to this point, rounded down.
    package func milliseconds(since earlier: Self) -> Int { Int((nanoseconds - earlier.nanoseconds) / 1_000_000) }

    /// Seconds from `earlier` to this point.
    package func seconds(since earlier: Self) -> Double { Double(nanoseconds - earlier.nanoseconds) / 1e9 }
}

/// What a descriptor is watched for, or found ready for.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package static let readable = Readiness(rawValue: 1)
    package static let writable = Readiness(rawValue: 2)
    /// The peer closed its side; told apart from `readable` so that it is seen while nothing is read.
    package static let disconnect = Readiness(rawValue: 4)
}

/// One descriptor on a loop. Ends watching when `stop()` is called; never closes the descriptor itself.
package protocol DescriptorWatch: AnyObject {
    /// Changes what is watched for. Dropping only `readable` is lazy: the kernel is told when it fires unwanted.
    func want(_ readiness: Readiness)
    /// Ends watching; must be called before the descriptor is closed. Calling it again does nothing.
    func stop()
}

/// One timer on a loop. May be armed again and again; never fires after `cancel()`.
package protocol ReactorTimer: AnyObject {
    /// Fires once, `milliseconds` from now (0: in the next turn), replacing an earlier arming.
    func arm(milliseconds: Int)
    func cancel()
}

/// What Upstreams needs of the loop that runs it. Everything is called on the loop's own thread.
package protocol Reactor: AnyObject {
    /// The time of this turn; cheap.
    var now: MonotonicTime { get }
    func watch(descriptor: Int32, _ handler: @escaping (Readiness) -> Void) -> any DescriptorWatch
    func timer(_ handler: @escaping () -> Void) -> any ReactorTimer
    /// Runs `job` once, at the end of the present turn, before the loop blocks again.
    func atEndOfTurn(_ job: @escaping () -> Void)
}
