import Synchronization

/// The bounded queue between the threads that have log lines and the one that writes them.
///
/// The lock is held for a few assignments only, never while anything is written, so that no worker waits.
final class LogQueue: Sendable {
    /// What the writing thread finds to do.
    enum Work {
        case items([LogItem])
        /// Nothing now: wait for the wake-up.
        case wait
        case end
    }

    private struct State {
        var items: [LogItem] = []
        /// Bytes handed over and not yet written.
        var bytes = 0
        /// The writing thread waits, or is about to: it must be woken.
        var idle = false
        /// When the writing must end, in nanoseconds of the monotonic clock; nil until closed.
        var deadline: Int?
        var access = LogCounts()
        var operational = LogCounts()

        mutating func takeIdle() -> Bool {
            defer { idle = false }
            return idle
        }

        mutating func count(_ log: LogKind, written: Int = 0, dropped: Int = 0) {
            switch log {
            case .access: access.add(written: written, dropped: dropped)
            case .operational: operational.add(written: written, dropped: dropped)
            }
        }
    }

    private let state = Mutex(State())
    private let maxBytes: Int

    init(maxBytes: Int) { self.maxBytes = maxBytes }

    /// What became of the lines so far.
    var counts: (access: LogCounts, operational: LogCounts) { state.withLock { ($0.access, $0.operational) } }

    /// When the writing must end; nil until closed.
    var deadline: Int? { state.withLock { $0.deadline } }

    // MARK: Any thread. True means that the writing thread must be woken.

    /// Adds a batch, or drops and counts it when the queue is full or closed.
    func add(_ batch: LogBatch) -> Bool {
        state.withLock { state in
            guard state.deadline == nil, state.bytes + batch.bytes.count <= maxBytes else {
                state.count(batch.log, dropped: batch.lines)
                return false
            }
            state.items.append(.write(batch))
            state.bytes += batch.bytes.count
            return state.takeIdle()
        }
    }

    func requestReopening() -> Bool {
        state.withLock { state in
            state.items.append(.reopen)
            return state.takeIdle()
        }
    }

    /// Refuses further batches; the first deadline given holds.
    func close(deadline: Int) -> Bool {
        state.withLock { state in
            state.deadline = state.deadline ?? deadline
            return state.takeIdle()
        }
    }

    // MARK: The writing thread.

    /// Takes all that there is to do. The end comes when nothing is left.
    func take() -> Work {
        state.withLock { state in
            if !state.items.isEmpty {
                defer { state.items = [] }
                return .items(state.items)
            }
            if state.deadline != nil { return .end }
            state.idle = true
            return .wait
        }
    }

    /// A batch that was taken is written, or lost.
    func finished(_ batch: LogBatch, written: Bool) {
        state.withLock { state in
            state.bytes -= batch.bytes.count
            state.count(batch.log, written: written ? batch.lines : 0, dropped: written ? 0 : batch.lines)
        }
    }
}
