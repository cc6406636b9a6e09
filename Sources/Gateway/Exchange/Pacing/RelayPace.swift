import Upstreams

/// Drives the pacer of one answer: feeds it with the time, and wakes the relay when something is due.
final class RelayPace {
    private let pacer: Pacer
    private let loop: EventLoop
    private var timer: (any ReactorTimer)?

    init(_ pacer: Pacer, _ loop: EventLoop, waking wakeup: Wakeup) {
        self.pacer = pacer
        self.loop = loop
        timer = loop.timer { wakeup.wake() }
    }

    /// Something waits for its time, which may have come. A timer may fire a little early; flushing arms it again.
    var isWaiting: Bool { pacer.nextDue != nil }

    var isFull: Bool { pacer.isFull }

    var isDrained: Bool { pacer.isDrained }

    func event(_ payload: RawSpan, _ emit: (RawSpan) -> Void) {
        pacer.event(payload, now: loop.now, emit)
        arm()
    }

    func flush(_ emit: (RawSpan) -> Void) {
        pacer.flush(now: loop.now, emit)
        arm()
    }

    func finish(_ emit: (RawSpan) -> Void) {
        pacer.finish(now: loop.now, emit)
        arm()
    }

    func abandon(_ emit: (RawSpan) -> Void) {
        timer?.cancel()
        pacer.abandon(emit)
    }

    /// Timers count whole milliseconds: rounded up, so that what is due is due when it fires.
    private func arm() {
        guard let due = pacer.nextDue else { return }
        let wait = max(0, due.nanoseconds - loop.now.nanoseconds)
        timer?.arm(milliseconds: Int((wait + 999_999) / 1_000_000))
    }
}
