/// How long one call to a provider may still take.
///
/// The timer is armed for the nearest deadline and looks again when it fires, so that what comes costs no arming.
struct CallClock {
    /// What has run out.
    enum Deadline {
        case total, connect, idle
    }

    private let timeouts: CallTimeouts
    private let startedAt: MonotonicTime
    /// Since when the provider is waited for.
    var waitingSince: MonotonicTime
    /// Nil before the call begins and after its end.
    private var timer: (any ReactorTimer)?

    init(_ timeouts: CallTimeouts, at now: MonotonicTime) {
        self.timeouts = timeouts
        startedAt = now
        waitingSince = now
    }

    mutating func start(_ timer: any ReactorTimer) { self.timer = timer }

    mutating func stop() {
        timer?.cancel()
        timer = nil
    }

    /// Nil: there is time left.
    ///
    /// - Parameters:
    ///   - isConnected: the connection stands.
    ///   - idle: milliseconds for which the provider may be waited for; nil: for as long as the call may take.
    func overdue(at now: MonotonicTime, isConnected: Bool, idle: Int?) -> Deadline? {
        let age = now.milliseconds(since: startedAt)
        if age >= timeouts.total { return .total }
        if !isConnected, let connect = timeouts.connect, age >= connect { return .connect }
        if let idle, now.milliseconds(since: waitingSince) >= idle { return .idle }
        return nil
    }

    /// Has the timer fire when the next of these is over; they are those of `overdue`.
    func arm(at now: MonotonicTime, isConnected: Bool, idle: Int?) {
        let age = now.milliseconds(since: startedAt)
        var left = timeouts.total - age
        if !isConnected, let connect = timeouts.connect { left = min(left, connect - age) }
        if let idle { left = min(left, idle - now.milliseconds(since: waitingSince)) }
        timer?.arm(milliseconds: max(1, left))
    }
}

extension UpstreamError {
    static func overTotal(_ timeouts: CallTimeouts) -> UpstreamError {
        UpstreamError(.totalTimeout, "The provider's answer took longer than \(timeouts.total) ms.")
    }
}
