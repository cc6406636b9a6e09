import Synchronization
import Upstreams

/// One task as all workers know it: whose it is, how it stands, and the log of its events.
///
/// The log holds events `{"event": …, "data": …}`, the last of which is `completed` or `error`; it ends when the task is
/// over for good, which with a journal is once its record is on the disk. Changed by the worker that runs the task;
/// `cancel` may be asked for on any.
final class TaskEntry: Sendable {
    /// A random UUID in lower case.
    let id: String
    let model: String
    let owner: TaskOwner
    /// The client was given a link in the place of an answer.
    let isLink: Bool
    /// Seconds since 1970.
    let created: Int
    /// The offset of its first event that is told: others were told by processes that are gone.
    let firstEvent: Int
    /// The worker that runs it; nil: none, it was over when the process began.
    let home: Mailbox<TaskNotice>?
    private let state: Mutex<State>

    private struct State {
        var status = TaskStatus.queued
        var updated: Int
        var progress = TaskProgress()
        var failure: TaskFailure?
        var log: Log
        /// The offset after its last event, once it is over.
        var events: Int
        var isCancelled = false
        /// Its end is being recorded.
        var isEnding = false
    }

    private enum Log {
        case shared(SharedLog)
        /// As a record had it.
        case stored(EventBatch)
        case none
    }

    /// What others are told of it.
    struct Snapshot: Sendable {
        let status: TaskStatus
        let updated: Int
        let progress: TaskProgress
        let failure: TaskFailure?
        /// The offset of its last event.
        let lastEvent: Int
    }

    /// A task that waits for its turn.
    init(
        id: String, model: String, owner: TaskOwner, isLink: Bool, created: Int, home: Mailbox<TaskNotice>,
        log: SharedLog, firstEvent: Int = 0
    ) {
        self.id = id
        self.model = model
        self.owner = owner
        self.isLink = isLink
        self.created = created
        self.home = home
        self.firstEvent = firstEvent
        state = Mutex(State(updated: created, log: .shared(log), events: firstEvent))
    }

    /// A task that was over before the process began.
    init(_ record: TaskRecord, _ end: TaskRecord.End) {
        id = record.id
        model = record.model
        owner = record.owner
        isLink = record.isLink
        created = record.created
        home = nil
        firstEvent = end.events.firstOffset
        state = Mutex(
            State(
                status: end.status, updated: end.updated, progress: end.progress, failure: end.failure,
                log: .stored(end.events), events: end.events.endOffset))
    }

    var snapshot: Snapshot {
        state.withLock { state in
            Snapshot(
                status: state.isCancelled && !state.status.isOver ? .cancelled : state.status,
                updated: state.updated, progress: state.progress,
                failure: state.isCancelled && !state.status.isOver ? .cancelled : state.failure,
                lastEvent: state.events - 1)
        }
    }

    // MARK: Running

    func begin(now: Int) {
        state.withLock { state in
            state.status = .running
            state.updated = now
        }
    }

    func note(_ progress: TaskProgress, now: Int) {
        state.withLock { state in
            state.progress = progress
            state.updated = now
        }
    }

    /// Somebody wants it to stop. False: it is over, or its end is being recorded.
    func cancel() -> Bool {
        state.withLock { state in
            guard !state.status.isOver, !state.isEnding else { return false }
            state.isCancelled = true
            return true
        }
    }

    /// From now on its end is settled: what was proposed, unless it was cancelled before.
    func settle(_ proposed: TaskEnding) -> TaskEnding {
        state.withLock { state in
            state.isEnding = true
            return state.isCancelled ? .cancelled : proposed
        }
    }

    /// It is over for good. `events`: the offset after its last event.
    func end(_ ending: TaskEnding, events: Int, now: Int) {
        state.withLock { state in
            state.status = ending.status
            state.failure = ending.failure
            state.updated = now
            state.events = events
        }
    }

    /// Its result is let go of.
    func expire() {
        state.withLock { state in
            state.status = .expired
            state.failure = nil
            state.log = .none
        }
    }

    // MARK: Reading

    /// The log of its events; nil: it is no longer kept. `restore` makes one of the events that were stored.
    func log(restoringBy restore: (EventBatch) -> SharedLog) -> SharedLog? {
        state.withLock { state in
            switch state.log {
            case .shared(let log): return log
            case .none: return nil
            case .stored(let batch):
                let log = restore(batch)
                state.log = .shared(log)
                return log
            }
        }
    }
}
