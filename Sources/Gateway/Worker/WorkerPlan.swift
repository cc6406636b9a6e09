import Synchronization

/// All that a worker is given at its start.
struct WorkerPlan: Sendable {
    let generation: Generation
    /// In the order of the configuration's listeners.
    let sockets: [ListeningSockets]
    let shared: SharedState
    let logs: LogWriter
    let directory: WorkerDirectory
    let supervisor: Mailbox<SupervisorMessage>
    let reloads: ReloadStatus
    /// Nil: tasks are in memory alone.
    let journal: TaskJournal?

    /// The numbers of the process as a whole, at this moment.
    func figures() -> GatewayFigures {
        let (access, operational) = logs.counts
        let (isSuccessful, time) = reloads.last
        var store = shared.logs.figures
        (store.failingServers, store.serverChanges) = shared.storeHealth.figures
        shared.replica.report(to: &store)
        store.unsharedCompletions = shared.storeHealth.unsharedCompletions
        return GatewayFigures(
            version: Version.current, lastReloadSuccessful: isSuccessful, lastReloadTime: time, accessLog: access,
            operationalLog: operational, store: store, health: shared.health.figures, tasks: shared.tasks.figures,
            process: ProcessFigures.read())
    }
}

/// Every worker's mailbox, for the messages between workers.
final class WorkerDirectory: Sendable {
    let count: Int
    private let mailboxes: Mutex<[Int: Mailbox<WorkerMessage>]>

    init(count: Int) {
        self.count = count
        mailboxes = Mutex([:])
    }

    func register(_ mailbox: Mailbox<WorkerMessage>, as index: Int) {
        mailboxes.withLock { $0[index] = mailbox }
    }

    subscript(index: Int) -> Mailbox<WorkerMessage>? { mailboxes.withLock { $0[index] } }

    var all: [Mailbox<WorkerMessage>] { mailboxes.withLock { Array($0.values) } }
}

/// How the last reload went, for the metrics.
final class ReloadStatus: Sendable {
    private let status: Mutex<(isSuccessful: Bool, time: Int)>

    init() { status = Mutex((true, WallClock.now)) }

    /// Whether the last configuration was taken, and when one last was (nanoseconds since 1970).
    var last: (isSuccessful: Bool, time: Int) { status.withLock { $0 } }

    func note(success: Bool) {
        status.withLock { $0 = (success, success ? WallClock.now : $0.time) }
    }
}
