import Synchronization
import Upstreams

/// One worker's side of the tasks that live in this process: those that it runs, and the way to and from other threads.
///
/// Tasks are in memory, and with a journal on disk. Belongs to the worker's loop and outlives reloads.
final class TaskDesk: TaskRoom {
    let table: TaskTable
    private(set) var address: Mailbox<TaskNotice>
    private let journal: TaskJournal?
    private let logs: LogDesk
    private weak var service: Service?
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

    private func receive(_ notice: TaskNotice) {
        switch notice {
        case .cancel(let entry): runs[entry.id]?.stop(.abandoned)
        case .recorded(let number, let isWritten): waiting.removeValue(forKey: number)?(isWritten)
        }
    }

    func open(for service: Service) {
        self.service = service
        // Other workers wait: none says that it does not know a task of before.
        table.unfinished.withLock { records in
            for record in records { restore(record, service) }
            records = []
        }
    }

    private func restore(_ record: TaskRecord, _ service: Service) {
        table.readmit(record.owner)
        if let plan = record.plan, let order = TaskOrder(record, plan, service.parser, service.runtime) {
            _ = start(order, TaskTable.Limits(order.runtime.configuration.tasks), again: record)
        } else {
            end(record, .notMakeable, service)
        }
    }

    /// A task of before that cannot be run.
    private func end(_ record: TaskRecord, _ failure: TaskFailure, _ service: Service) {
        let log = makeLog(maxBytes: .max)
        let entry = TaskEntry(
            id: record.id, model: record.model, owner: record.owner, isLink: record.isLink, created: record.created,
            home: address, log: log, firstEvent: record.firstEvent)
        table.add(entry)
        let limits = TaskTable.Limits(service.runtime.configuration.tasks)
        let writer = CompletionLog(publishing: log, at: logs, from: entry.firstEvent)
        let book = LocalTaskBook(entry, writer, limits, maxRecord: 0, desk: self)
        book.end(.failed(failure)) { _ in }
    }

    // MARK: Tasks

    func submit(_ order: TaskOrder) async throws(APIError) -> TaskSight {
        let limits = TaskTable.Limits(order.runtime.configuration.tasks)
        do throws(TaskTable.Refusal) {
            try table.reserve(order.owner, limits)
        } catch {
            throw .tooManyTasks(error)
        }
        guard await record(TaskRecord(order, keepsPlan: journal != nil)) else {
            table.release(order.owner)
            throw .unavailable("The task could not be recorded; try again later.", retryAfter: 1000)
        }
        return TaskSight(start(order, limits))
    }

    /// - Parameter earlier: a task that another process has left.
    private func start(
        _ order: TaskOrder, _ limits: TaskTable.Limits, again earlier: TaskRecord? = nil
    ) -> TaskEntry {
        guard let service else { preconditionFailure("a task before there is a service") }
        let bounds = order.runtime.configuration.bounds
        let shared = makeLog(maxBytes: bounds.maxLogBytes)
        let first = earlier?.firstEvent ?? 0
        let entry = TaskEntry(order, home: address, log: shared, firstEvent: first)
        table.add(entry)
        let book = LocalTaskBook(
            entry, CompletionLog(publishing: shared, at: logs, from: first), limits,
            maxRecord: journal == nil ? 0 : bounds.maxLogBytes, desk: self)
        if let earlier, earlier.runs > 0 { book.restart(run: earlier.runs + 1) }
        let run = TaskRun(order, book, service: service) { [unowned self] in runs[$0.order.id] = nil }
        runs[order.id] = run
        // The log may outlive the run by the rest of a turn.
        logs.host(shared) { [unowned self] cause in
            if let run = runs[order.id] { stop(run, book, cause) }
        }
        run.waitForPlace(table.running) { [unowned self, unowned run] in
            if service.shared.isDraining, isLeft(run) {
                stop(run, book, .shuttingDown)
                return false
            }
            entry.begin(now: WallClock.seconds)
            record([TaskRecord.begun(order.id)], isDurable: false) { _ in }
            return true
        }
        return entry
    }

    /// Whether a process that ends leaves the task as it is to the next one.
    private func isLeft(_ run: TaskRun) -> Bool {
        let reruns = run.order.runtime.configuration.tasks.interrupted == .rerun
        return journal != nil && run.order.isRepeatable && (reruns || !run.hasBegun)
    }

    private func stop(_ run: TaskRun, _ book: LocalTaskBook, _ cause: CompletionEnd.Cause) {
        // One whose end is being recorded has its end.
        guard cause == .shuttingDown, !run.isOver, isLeft(run) else { return run.stop(cause) }
        run.giveUp()
        runs[run.order.id] = nil
        book.leave()
    }

    func find(_ id: String) async throws(APIError) -> TaskSight? {
        if let service { _ = sweep(TaskTable.Limits(service.runtime.configuration.tasks)) }
        return table[id].map { TaskSight($0) }
    }

    func cancel(_ task: TaskSight) async throws(APIError) -> TaskSight {
        guard let entry = table[task.id] else { return task }
        if entry.cancel() {
            if entry.home === address { runs[entry.id]?.stop(.abandoned) } else { entry.home?.post(.cancel(entry)) }
        }
        return TaskSight(entry)
    }

    // MARK: Events

    /// A new log for the events of a task. It takes no room from completions that are kept for others.
    private func makeLog(maxBytes: Int) -> SharedLog {
        SharedLog(
            isStream: true, whenAbandoned: .finish, terms: nil, home: logs.address, maxBytes: maxBytes,
            memory: table.memory, now: logs.loop.now)
    }

    private func log(of task: TaskSight) throws(APIError) -> SharedLog {
        let log = table[task.id]?.log { batch in
            let log = makeLog(maxBytes: .max)
            _ = log.publish(SharedLog.Publication(batch: batch, end: .completed), now: logs.loop.now)
            return log
        }
        guard let log else { throw .resultExpired }
        return log
    }

    func read(_ task: TaskSight, from offset: Int, waking wakeup: Wakeup) throws(APIError) -> LogCursor {
        guard let cursor = logs.open(try log(of: task), at: offset, waking: wakeup) else { throw .eventsForgotten }
        return cursor
    }

    func lastEvent(of task: TaskSight) async throws(APIError) -> EventBatch? {
        try log(of: task).news(from: task.lastEvent).batches.last
    }

    // MARK: Endings

    /// The logs of tasks that run have the process wait.
    var isBusy: Bool { false }

    /// The logs' writers are told to stop.
    func shutDown() {}

    /// A task is over, with so many bytes of events.
    func didEnd(_ entry: TaskEntry, bytes: Int, _ limits: TaskTable.Limits) {
        table.ended(entry, bytes: bytes, now: WallClock.seconds)
        self.limits = limits
        sweep()
    }

    func list() async throws(APIError) -> TaskListing {
        TaskListing(total: table.count, newest: table.newest(TaskListing.limit).map { TaskSight($0) })
    }

    private func sweep() {
        guard let limits, sweep(limits) else { return }
        sweeping?.arm(milliseconds: Self.sweepInterval)
    }

    private func sweep(_ limits: TaskTable.Limits) -> Bool {
        var expired: [String] = []
        let isMore = table.sweep(limits, now: WallClock.seconds) { expired.append($0) }
        if !expired.isEmpty { journal?.forget(expired) }
        return isMore
    }

    // MARK: Records

    /// A task that a client knows of is not lost.
    private func record(_ task: TaskRecord) async -> Bool {
        await Wakeup.answer { record(task.allLines, isDurable: false, then: $0) }
    }

    /// Has records written. `then` hears once: whether they are, and with `isDurable` on the disk; at once without a
    /// journal.
    func record(_ lines: [TaskJournalLine], isDurable: Bool, then: @escaping (Bool) -> Void) {
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

extension TaskRecord {
    fileprivate init(_ order: TaskOrder, keepsPlan: Bool) {
        self.init(id: order.id, model: order.model, owner: order.owner, isLink: order.isLink, created: order.created)
        if keepsPlan, order.isRepeatable { plan = order.plan }
    }
}

extension TaskEntry {
    /// A task that waits for its turn.
    convenience init(_ order: TaskOrder, home: Mailbox<TaskNotice>, log: SharedLog, firstEvent: Int) {
        self.init(
            id: order.id, model: order.model, owner: order.owner, isLink: order.isLink, created: order.created,
            home: home, log: log, firstEvent: firstEvent)
    }
}
