import Upstreams

/// The tries of one answer: how many there were, until when the present one may last, and when the next begins.
///
/// Wakes the completion at each of these times and does nothing by itself.
/// States: trying (`begin`) → resting (`rest`) → trying …
final class Tries {
    private let terms: TryTerms
    private let loop: EventLoop
    private let end: MonotonicTime
    private var timer: (any ReactorTimer)?
    private var count = 0
    private var tryEnd: MonotonicTime
    private var restEnd: MonotonicTime

    init(_ terms: TryTerms, since start: MonotonicTime, _ loop: EventLoop, waking wakeup: Wakeup) {
        self.terms = terms
        self.loop = loop
        end = start.advanced(milliseconds: terms.totalTimeoutMs)
        tryEnd = end
        restEnd = start
        timer = loop.timer { wakeup.wake() }
    }

    func begin() {
        count += 1
        tryEnd = min(end, loop.now.advanced(milliseconds: terms.operationTimeoutMs))
        arm(for: tryEnd)
    }

    /// What the present try fails with if its time is over.
    var timeout: UpstreamError? {
        let now = loop.now
        guard now >= tryEnd else {
            arm(for: tryEnd)
            return nil
        }
        let limit = now >= end ? terms.totalTimeoutMs : terms.operationTimeoutMs
        return UpstreamError(.totalTimeout, "The answer was not complete within \(limit) ms.")
    }

    /// Whether another try follows one that ended so; then it waits for its time. `random`: any number.
    func rest(after failure: CompletionEnd, random: UInt64) -> Bool {
        guard count < terms.attempts, failure.isTransient else { return false }
        let chance = Double(random >> 11) / Double(1 << 53 as UInt64)
        restEnd = loop.now.advanced(milliseconds: terms.wait(after: count, chance: chance))
        guard restEnd < end else { return false }
        arm(for: restEnd)
        return true
    }

    var isResting: Bool {
        guard loop.now < restEnd else { return false }
        arm(for: restEnd)
        return true
    }

    /// Timers count whole milliseconds and may fire a little early.
    private func arm(for time: MonotonicTime) {
        let wait = max(0, time.nanoseconds - loop.now.nanoseconds)
        timer?.arm(milliseconds: Int((wait + 999_999) / 1_000_000))
    }
}
