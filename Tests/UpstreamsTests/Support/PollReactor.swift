import Glibc

@testable import Upstreams

/// A small loop over `poll`, for what needs real descriptors.
final class PollReactor: Reactor {
    private var watches: [PollWatch] = []
    private var timers: [PollTimer] = []
    private var tasks: [any TurnTask] = []
    private(set) var turns = 0

    var now: MonotonicTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    func watch(descriptor: Int32, _ handler: @escaping (Readiness) -> Void) -> any DescriptorWatch {
        let watch = PollWatch(descriptor, handler)
        watches.append(watch)
        return watch
    }

    func timer(_ handler: @escaping () -> Void) -> any ReactorTimer {
        let timer = PollTimer(self, handler)
        timers.append(timer)
        return timer
    }

    func atEndOfTurn(_ task: any TurnTask) { tasks.append(task) }

    /// Turns until `condition` holds; false if it does not within `milliseconds`.
    func turn(within milliseconds: Int = 30_000, until condition: () -> Bool) -> Bool {
        let deadline = now.advanced(milliseconds: milliseconds)
        while true {
            runTasks()
            if condition() { return true }
            guard now < deadline else { return false }
            poll(before: deadline)
        }
    }

    func turn(for milliseconds: Int) { _ = turn(within: milliseconds) { false } }

    private func runTasks() {
        while !tasks.isEmpty {
            let running = tasks
            tasks = []
            for task in running { task.runAtEndOfTurn() }
        }
    }

    private func poll(before deadline: MonotonicTime) {
        turns += 1
        watches.removeAll { $0.isStopped }
        let watched = watches.filter { !$0.wanted.isEmpty }
        var descriptors = watched.map { watch in
            let events =
                (watch.wanted.contains(.readable) ? POLLIN : 0) | (watch.wanted.contains(.writable) ? POLLOUT : 0)
            return pollfd(fd: watch.descriptor, events: Int16(events), revents: 0)
        }
        let next = timers.compactMap(\.due).min().map { min($0, deadline) } ?? deadline
        let wait = max(0, next.milliseconds(since: now) + 1)
        unsafe Glibc.poll(&descriptors, nfds_t(descriptors.count), Int32(next <= now ? 0 : wait))
        for (watch, found) in zip(watched, descriptors) where found.revents != 0 { watch.fire(Int32(found.revents)) }
        for timer in timers { timer.fireIfDue() }
    }
}

/// A descriptor of `PollReactor`.
final class PollWatch: DescriptorWatch {
    let descriptor: Int32
    private(set) var wanted: Readiness = []
    private(set) var isStopped = false
    private let handler: (Readiness) -> Void

    init(_ descriptor: Int32, _ handler: @escaping (Readiness) -> Void) {
        self.descriptor = descriptor
        self.handler = handler
    }

    func want(_ readiness: Readiness) { wanted = isStopped ? [] : readiness }

    func stop() {
        isStopped = true
        wanted = []
    }

    func fire(_ found: Int32) {
        guard !wanted.isEmpty else { return }
        var ready: Readiness = []
        if found & (POLLIN | POLLHUP | POLLERR) != 0 { ready.insert(.readable) }
        if found & POLLOUT != 0 { ready.insert(.writable) }
        if found & POLLERR != 0 { ready.insert(.failed) }
        handler(ready)
    }
}

/// A timer of `PollReactor`.
final class PollTimer: ReactorTimer {
    private unowned let reactor: PollReactor
    private let handler: () -> Void
    private(set) var due: MonotonicTime?

    init(_ reactor: PollReactor, _ handler: @escaping () -> Void) {
        self.reactor = reactor
        self.handler = handler
    }

    func arm(milliseconds: Int) { due = reactor.now.advanced(milliseconds: milliseconds) }

    func cancel() { due = nil }

    func fireIfDue() {
        guard let due, due <= reactor.now else { return }
        self.due = nil
        handler()
    }
}
