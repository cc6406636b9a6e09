import Synchronization
import Upstreams

/// All tasks of the process by their ids: bounds how many there are, and lets go of results that are too old.
final class TaskTable: Sendable {
    /// The places of tasks that run, and the line of those that wait.
    let running = InFlight()
    /// What the events of all tasks take.
    let memory = StoreMemory()
    /// Tasks that an earlier process has left, to be run by the first worker that looks.
    let unfinished = Mutex<[TaskRecord]>([])
    private let state = Mutex(State())

    private struct State {
        var entries: [String: TaskEntry] = [:]
        /// Unfinished tasks by the share that they take.
        var shares: [String: Int] = [:]
        var unfinished = 0
        /// Tasks that are over, by the time of their end.
        var kept = Line()
        /// Tasks whose results are gone.
        var expired = Line()
        var bytes = 0
    }

    /// Tasks in the order in which they are to go.
    private struct Line {
        private var entries: [(entry: TaskEntry, since: Int, bytes: Int)] = []
        private var first = 0

        var next: (entry: TaskEntry, since: Int, bytes: Int)? { first < entries.count ? entries[first] : nil }

        var count: Int { entries.count - first }

        mutating func append(_ entry: TaskEntry, since: Int, bytes: Int) { entries.append((entry, since, bytes)) }

        mutating func removeFirst() {
            first += 1
            // Half of it is behind us: a move costs no more than what was taken out since the last.
            if first * 2 > entries.count {
                entries.removeFirst(first)
                first = 0
            }
        }
    }

    /// Why a task is not taken.
    enum Refusal: Error, Equatable {
        case full(limit: Int)
        case share(limit: Int)
    }

    /// What a configuration allows.
    struct Limits {
        /// Tasks that run or wait.
        let unfinished: Int
        let perOwner: Int
        /// Seconds that a result is kept.
        let retention: Int
        /// Of all results together.
        let bytes: Int
    }

    // MARK: Coming and going

    /// Takes a place for one more task of this owner.
    func reserve(_ owner: TaskOwner, _ limits: Limits) throws(Refusal) {
        try state.withLock { state throws(Refusal) in
            guard state.unfinished < limits.unfinished else { throw .full(limit: limits.unfinished) }
            let share = state.shares[owner.share] ?? 0
            guard share < limits.perOwner else { throw .share(limit: limits.perOwner) }
            state.shares[owner.share] = share + 1
            state.unfinished += 1
        }
    }

    /// Gives the place back.
    func release(_ owner: TaskOwner) { state.withLock { Self.release(owner, &$0) } }

    private static func release(_ owner: TaskOwner, _ state: inout State) {
        state.unfinished -= 1
        let share = (state.shares[owner.share] ?? 0) - 1
        precondition(share >= 0 && state.unfinished >= 0, "a place given back twice")
        state.shares[owner.share] = share > 0 ? share : nil
    }

    /// A task for which a place was taken.
    func add(_ entry: TaskEntry) { state.withLock { $0.entries[entry.id] = entry } }

    /// A task is over, with so many bytes of events; its place is free. `now`: seconds since 1970.
    func ended(_ entry: TaskEntry, bytes: Int, now: Int) {
        state.withLock { state in
            Self.release(entry.owner, &state)
            state.kept.append(entry, since: now, bytes: bytes)
            state.bytes += bytes
        }
    }

    /// A task that was over before the process began, with so many bytes of events; in the order of their ends.
    func restore(_ entry: TaskEntry, bytes: Int) {
        let ended = entry.snapshot.updated
        state.withLock { state in
            state.entries[entry.id] = entry
            state.kept.append(entry, since: ended, bytes: bytes)
            state.bytes += bytes
        }
    }

    subscript(id: String) -> TaskEntry? { state.withLock { $0.entries[id] } }

    /// How many are known.
    var count: Int { state.withLock { $0.entries.count } }

    /// The newest that are known, newest first.
    func newest(_ most: Int) -> [TaskEntry] {
        let all = state.withLock { Array($0.entries.values) }
        return Array(all.sorted { ($0.created, $0.id) > ($1.created, $1.id) }.prefix(most))
    }

    var figures: TaskFigures {
        let (unfinished, kept) = state.withLock { ($0.unfinished, $0.kept.count) }
        return TaskFigures(
            waiting: max(0, unfinished - running.current), running: running.current, kept: kept, bytes: memory.bytes)
    }

    // MARK: Retention

    /// Takes a place for a task that was taken before the process began.
    func readmit(_ owner: TaskOwner) {
        state.withLock { state in
            state.shares[owner.share, default: 0] += 1
            state.unfinished += 1
        }
    }

    /// Lets go of results that are too old, or too many, and forgets tasks whose results have been gone for as long
    /// again. Returns whether anything is left that will go; `expired` hears whose results go. `now`: seconds since
    /// 1970.
    @discardableResult
    func sweep(_ limits: Limits, now: Int, expired: (String) -> Void = { _ in }) -> Bool {
        state.withLock { state in
            while let oldest = state.kept.next, state.bytes > limits.bytes || oldest.since + limits.retention <= now {
                state.kept.removeFirst()
                state.bytes -= oldest.bytes
                oldest.entry.expire()
                expired(oldest.entry.id)
                state.expired.append(oldest.entry, since: now, bytes: 0)
            }
            while let oldest = state.expired.next, oldest.since + limits.retention <= now {
                state.expired.removeFirst()
                state.entries[oldest.entry.id] = nil
            }
            return state.kept.next != nil || state.expired.next != nil
        }
    }
}
