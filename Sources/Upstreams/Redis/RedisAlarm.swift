/// A timer for many deadlines, which is armed for the earliest and looks again when it fires, so that a command costs
/// no arming.
final class RedisAlarm {
    private let reactor: any Reactor
    private var timer: (any ReactorTimer)?
    /// Nil: not armed.
    private var due: MonotonicTime?

    init(_ reactor: any Reactor, _ handler: @escaping () -> Void) {
        self.reactor = reactor
        timer = reactor.timer { [unowned self] in
            due = nil
            handler()
        }
    }

    /// Sees to it that the handler runs at `deadline`, or earlier.
    func ring(by deadline: MonotonicTime) {
        if let due, due <= deadline { return }
        due = deadline
        let left = deadline.nanoseconds - reactor.now.nanoseconds
        timer?.arm(milliseconds: left <= 0 ? 0 : Int((left + 999_999) / 1_000_000))
    }

    func stop() {
        due = nil
        timer?.cancel()
    }
}
