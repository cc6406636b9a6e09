import Upstreams

/// When something last happened on a connection, and the timer that looks whether that is too long ago.
///
/// The timer is only ever moved to an earlier moment: bytes cost no arming, and whoever it wakes looks what is due by then.
final class ConnectionClock {
    /// When the present state began, or something was last written or sent in it.
    private(set) var since: MonotonicTime
    private var receivedAt: MonotonicTime
    private var armedFor: MonotonicTime?
    /// Nil before the connection is set up and after its end.
    var timer: (any ReactorTimer)?

    init(_ now: MonotonicTime) {
        since = now
        receivedAt = now
    }

    /// When a byte last moved, either way.
    var lastByte: MonotonicTime { max(since, receivedAt) }

    func restart(_ now: MonotonicTime) { since = now }

    /// Something has come.
    func received(_ now: MonotonicTime) { receivedAt = now }

    /// Has the timer fire at `due`, unless it fires before.
    func arm(for due: MonotonicTime, _ now: MonotonicTime) {
        if let armedFor, armedFor <= due { return }
        armedFor = due
        timer?.arm(milliseconds: max(1, due.milliseconds(since: now) + 1))
    }

    /// The timer has fired.
    func fired() { armedFor = nil }

    func stop() {
        timer?.cancel()
        timer = nil
    }
}
