import Upstreams

/// How one model at one upstream is at one moment, for all workers. Times are milliseconds of the monotonic clock.
struct TargetCondition: Sendable {
    /// As operators read it.
    enum Breaker: String {
        /// It never opens, by the configuration.
        case off
        case closed, open
        /// The next call decides, or the one that is on its way.
        case halfOpen = "half_open"
    }

    var breaker = Breaker.off
    /// Since when calls are kept away; nil: they are not.
    var openedAt: Int?
    var openUntil: Int?
    /// Another replica finds out whether the target is back.
    var isProbedElsewhere = false
    /// Failures in a row while the breaker is closed.
    var failures = 0
    let inFlight: Int
    /// Milliseconds to the first content, as the balance sees it; nil: unknown.
    let latency: Double?

    init(inFlight: Int, latency: Double?) {
        self.inFlight = inFlight
        self.latency = latency
    }

    func write(to writer: inout JSONWriter, model: String?, _ clock: MomentInTime) {
        writer.member("model", model)
        writer.member("breaker", breaker.rawValue)
        writer.member("since", openedAt.map(clock.seconds))
        writer.member("until", openUntil.map(clock.seconds))
        writer.member("probed_elsewhere", isProbedElsewhere)
        writer.member("consecutive_failures", failures)
        writer.member("in_flight", inFlight)
        writer.member("latency_ms", latency.map { ($0 * 10).rounded() / 10 })
    }
}
