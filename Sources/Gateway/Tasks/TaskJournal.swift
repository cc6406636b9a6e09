import Glibc
import Logging
import Synchronization
import Upstreams

/// The one thread that writes the journal of tasks.
///
/// Any worker hands it whole records and goes on; it is told when they are written, and with the end of a task when they
/// are on the disk. What waits is written in one go. What can wait is bounded by the number of tasks. Owns the thread
/// and the file; `close()` must be called once at the end, and what comes later is refused.
final class TaskJournal: Sendable {
    private let state = Mutex(State())
    private let wakeUp: WakeUpPipe
    private let thread = Mutex<pthread_t?>(nil)
    private let file: TaskJournalFile
    private let logs: LogWriter

    private struct State {
        var records: [Record] = []
        /// Tasks that nobody will ask for.
        var forgotten: [String] = []
        var isClosed = false

        var isEmpty: Bool { records.isEmpty && forgotten.isEmpty }
    }

    private struct Record: Sendable {
        let lines: [TaskJournalLine]
        let isDurable: Bool
        let done: @Sendable (Bool) -> Void
    }

    /// Starts the thread. Failures to write are told in the operational log.
    init(_ file: TaskJournalFile, logs: LogWriter) throws(LogWriterError) {
        self.file = file
        self.logs = logs
        wakeUp = try WakeUpPipe()
        try start()
    }

    /// Opens the journal of a configuration and gives its tasks to `table`; nil: there is none.
    static func open(
        _ configuration: TasksConfiguration, restoring table: TaskTable, logs: LogWriter
    ) throws -> TaskJournal? {
        guard let path = configuration.journal else { return nil }
        let (file, contents) = try TaskJournalFile.open(
            path, retention: configuration.retentionSeconds, now: WallClock.seconds,
            reruns: configuration.interrupted == .rerun)
        for task in contents.finished { table.restore(TaskEntry(task.record, task.end), bytes: task.end.events.cost) }
        table.unfinished.withLock { $0 = contents.waiting }
        return try TaskJournal(file, logs: logs)
    }

    /// Hands over records. `done` is called once, on the journal's thread or at once: whether they are written, and
    /// with `isDurable` on the disk.
    func append(_ lines: [TaskJournalLine], isDurable: Bool, done: @escaping @Sendable (Bool) -> Void) {
        let isOpen = state.withLock { state in
            if !state.isClosed { state.records.append(Record(lines: lines, isDurable: isDurable, done: done)) }
            return !state.isClosed
        }
        if isOpen { wakeUp.wake() } else { done(false) }
    }

    /// Nobody will ask for these tasks any more: the file may be made smaller.
    func forget(_ ids: [String]) {
        state.withLock { $0.forgotten += ids }
        wakeUp.wake()
    }

    /// Writes what was handed over and ends the thread.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeUp.wake()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let running { pthread_join(running, nil) }
    }

    // MARK: The thread

    private func start() throws(LogWriterError) {
        var thread = pthread_t()
        let this = unsafe Unmanaged.passRetained(self)
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<TaskJournal>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, this.toOpaque())
        guard code == 0 else {
            unsafe this.release()
            throw .noResources(code: code)
        }
        self.thread.withLock { $0 = thread }
    }

    private func run() {
        while true {
            let news = state.withLock { state in
                defer { (state.records, state.forgotten) = ([], []) }
                return state
            }
            if news.isEmpty {
                if news.isClosed { return }
                wakeUp.wait()
            }
            if !news.records.isEmpty { write(news.records) }
            file.forget(news.forgotten)
            // Last words are not kept waiting.
            if !news.isClosed, file.isWorthCompacting { compact() }
        }
    }

    private func write(_ records: [Record]) {
        var isWritten = true
        do throws(TaskJournalError) {
            try file.write(records.flatMap(\.lines))
            if records.contains(where: \.isDurable) { try file.sync() }
        } catch {
            isWritten = false
            tell(error)
        }
        for record in records { record.done(isWritten) }
    }

    private func compact() {
        do throws(TaskJournalError) {
            try file.compact()
        } catch {
            tell(error)
        }
    }

    private func tell(_ error: TaskJournalError) {
        logs.submit(
            OperationalLogLine(time: WallClock.now, level: .error, label: "tasks", message: error.description))
    }
}
