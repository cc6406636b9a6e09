@testable import Upstreams

/// A loop without descriptors whose clock is moved by hand.
final class ManualReactor: Reactor {
    private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
    private var timers: [ManualTimer] = []
    private var tasks: [any TurnTask] = []

    func watch(descriptor: Int32, _ handler: @escaping (Readiness) -> Void) -> any DescriptorWatch {
        preconditionFailure("no descriptors here")
    }

    func timer(_ handler: @escaping () -> Void) -> any ReactorTimer {
        let timer = ManualTimer(self, handler)
        timers.append(timer)
        return timer
    }

    func atEndOfTurn(_ task: any TurnTask) { tasks.append(task) }

    /// Armed timers.
    var armed: Int { timers.count { $0.due != nil } }

    /// Runs what asked for the end of the turn, and what that asks for.
    func endTurn() {
        while !tasks.isEmpty {
            let running = tasks
            tasks = []
            for task in running { task.runAtEndOfTurn() }
        }
    }

    /// Moves the clock; every timer that falls due fires at its own time, and each is followed by the end of a turn.
    func advance(milliseconds: Int) {
        endTurn()
        let end = now.advanced(milliseconds: milliseconds)
        while let next = timers.filter({ ($0.due ?? end.advanced(milliseconds: 1)) <= end })
            .min(by: { ($0.due ?? end) < ($1.due ?? end) })
        {
            now = max(now, next.due ?? now)
            next.fire()
            endTurn()
        }
        now = end
    }
}

/// A timer of `ManualReactor`.
final class ManualTimer: ReactorTimer {
    private unowned let reactor: ManualReactor
    private let handler: () -> Void
    private(set) var due: MonotonicTime?

    init(_ reactor: ManualReactor, _ handler: @escaping () -> Void) {
        self.reactor = reactor
        self.handler = handler
    }

    func arm(milliseconds: Int) { due = reactor.now.advanced(milliseconds: milliseconds) }

    func cancel() { due = nil }

    func fire() {
        due = nil
        handler()
    }
}
