import Upstreams

/// One worker's side of tasks: those that it runs, and the way to and from other threads.
///
/// Belongs to the worker's loop and outlives reloads.
final class TaskDesk {
    let table: TaskTable
    private(set) var address: Mailbox<TaskNotice>
    private let journal: TaskJournal?
    private let logs: LogDesk
    private var runs: [String: TaskRun] = [:]
    /// Who waits for a record to be written.
    private var waiting: [Int: (Bool) -> Void] = [:]
    private var recordsMade = 0
    private var sweeping: (any ReactorTimer)?
    private var limits: TaskTable.Limits?

    /// Milliseconds between two looks for results that are too old.
    private static let sweepInterval = 60_000

    /// Must be made on the loop's thread. Without a journal tasks are in memory alone.
    init(table: TaskTable, journal: TaskJournal?, logs: LogDesk) {
        self.table = table
        self.journal = journal
        self.logs = logs
        let receiver = Receiver()
        address = Mailbox(loop: logs.loop) { receiver.desk?.receive($0) }
        receiver.desk = self
        sweeping = logs.loop.timer { [unowned self] in sweep() }
    }

    /// Lets the mailbox be made before the desk itself.
    private final class Receiver {
        weak var desk: TaskDesk?
    }

    /// Whether records are kept, so that their events are wanted.
    var hasJournal: Bool { journal != nil }

    private func receive(_ notice: TaskNotice) {
        switch notice {
        case .cancel(let entry): runs[entry.id]?.cancel()
        case .recorded(let number, let isWritten): waiting.removeValue(forKey: number)?(isWritten)
        }
    }

    /// A new log for the events of a task. It takes no room from completions that are kept for others.
    func makeLog(maxBytes: Int) -> SharedLog {
        SharedLog(
            isStream: true, whenAbandoned: .finish, terms: nil, home: logs.address, maxBytes: maxBytes,
            memory: table.memory, now: logs.loop.now)
    }

    // MARK: Runs

    func add(_ run: TaskRun) { runs[run.entry.id] = run }

    /// The run is over.
    func remove(_ run: TaskRun, _ limits: TaskTable.Limits) {
        runs[run.entry.id] = nil
        table.ended(run.entry, bytes: run.bytes, now: WallClock.seconds)
        self.limits = limits
        sweep()
    }

    /// Stops a task, on whatever worker it runs. False: it is over.
    func cancel(_ entry: TaskEntry) -> Bool {
        guard entry.cancel() else { return false }
        if entry.home === address { runs[entry.id]?.cancel() } else { entry.home?.post(.cancel(entry)) }
        return true
    }

    /// What operators are told of.
    var listing: TaskListing { TaskListing(total: table.count, newest: table.newest(TaskListing.limit)) }

    private func sweep() {
        guard let limits, table.sweep(limits, now: WallClock.seconds) else { return }
        sweeping?.arm(milliseconds: Self.sweepInterval)
    }

    // MARK: Records

    /// Has lines written. `then` hears once: whether they are, and with `isDurable` on the disk; at once without a
    /// journal.
    func record(_ lines: [UInt8], isDurable: Bool, then: @escaping (Bool) -> Void) {
        guard let journal else { return then(true) }
        recordsMade += 1
        let number = recordsMade
        waiting[number] = then
        journal.append(lines, isDurable: isDurable) { [address] in
            address.post(.recorded(number, isWritten: $0))
        }
    }
}

extension TaskTable.Limits {
    init(_ configuration: TasksConfiguration) {
        self.init(
            unfinished: configuration.maxRunning + configuration.maxQueued, perOwner: configuration.maxPerUser,
            retention: configuration.retentionSeconds, bytes: configuration.maxBytes)
    }
}
