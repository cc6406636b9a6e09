import Upstreams

/// One worker's side of the shared logs: those that it writes and the cursors that read here.
///
/// Tells cursors what is new, renews the leases of writers a few times per lease, and cancels a writer whose last
/// reader has left. Belongs to the worker's loop and outlives reloads.
final class LogDesk {
    let loop: EventLoop
    let store: LogStore
    /// What is shared with other replicas; nil: nothing.
    private(set) var replicas: ReplicaDesk?
    private(set) var address: Mailbox<LogNotice>
    private var writers: [LogID: Writer] = [:]
    private var cursors: [LogID: [ObjectIdentifier: Unowned]] = [:]
    private var timer: (any ReactorTimer)?
    private var isTimerArmed = false
    /// Called when the last writer has ended, while the worker drains.
    var didBecomeQuiet: () -> Void = {}
    /// Counts what an answer has used that nobody was answered by.
    var didUse: (AnswerUse, UsageKey) -> Void = { _, _ in }

    private struct Writer {
        let log: SharedLog
        let cancel: (CompletionEnd.Cause) -> Void
    }

    private struct Unowned {
        unowned let cursor: LogCursor
    }

    /// Milliseconds between two looks at leases.
    private static let interval = SharedLog.leaseMilliseconds / 3

    /// Must be made on the loop's thread.
    init(store: LogStore, loop: EventLoop) {
        self.store = store
        self.loop = loop
        let receiver = LogReceiver()
        address = Mailbox(loop: loop) { receiver.desk?.receive($0) }
        receiver.desk = self
        timer = loop.timer { [unowned self] in tick() }
    }

    /// From now on logs are shared with other replicas.
    func share(_ replicas: ReplicaDesk) { self.replicas = replicas }

    /// Whether some writer of this worker is not done, or other replicas do not know yet.
    var isWriting: Bool { !writers.isEmpty || replicas?.isBusy == true }

    // MARK: Writing

    /// A new log that this worker is going to write.
    func makeLog(
        id: LogID = .random(), isStream: Bool, whenAbandoned: SharedLog.WhenAbandoned, terms: CacheTerms?, maxBytes: Int
    ) -> SharedLog {
        SharedLog(
            id: id, isStream: isStream, whenAbandoned: whenAbandoned, terms: terms, home: address, maxBytes: maxBytes,
            memory: store.memory, now: loop.now)
    }

    /// Keeps `log` alive while it is written here. `cancel` stops the writer, which then ends the log.
    func host(_ log: SharedLog, cancel: @escaping (CompletionEnd.Cause) -> Void) {
        writers[log.id] = Writer(log: log, cancel: cancel)
        arm()
    }

    /// The log of this id, if it is written here.
    func hosted(_ id: LogID) -> SharedLog? { writers[id]?.log }

    func publish(_ log: SharedLog, _ publication: SharedLog.Publication) {
        let desks = log.publish(publication, now: loop.now)
        replicas?.publish(log, publication)
        if let end = publication.end {
            writers[log.id] = nil
            store.ended(log, end, now: loop.now)
            countForsakenUse(of: log)
            if !isWriting { didBecomeQuiet() }
        }
        tell(desks, .news(log))
    }

    /// Other replicas know all that there is to know.
    func didFinishTelling() { if !isWriting { didBecomeQuiet() } }

    /// The process ends: all writers stop.
    func cancelAll() {
        for writer in writers.values { writer.cancel(.shuttingDown) }
    }

    // MARK: Reading

    /// A cursor on a log from `offset` on; nil if the log is closing or has forgotten that event.
    func open(_ log: SharedLog, at offset: Int = 0, waking wakeup: Wakeup) -> LogCursor? {
        guard log.join(at: offset, address) else { return nil }
        return attach(log, at: offset, waking: wakeup)
    }

    /// A cursor for a reader that has joined the log already.
    func attach(_ log: SharedLog, at offset: Int = 0, waking wakeup: Wakeup) -> LogCursor {
        let cursor = LogCursor(log, at: offset, self, waking: wakeup)
        cursors[log.id, default: [:]][ObjectIdentifier(cursor)] = Unowned(cursor: cursor)
        arm()
        return cursor
    }

    func close(_ cursor: LogCursor) {
        cursors[cursor.log.id]?[ObjectIdentifier(cursor)] = nil
        if cursors[cursor.log.id]?.isEmpty == true { cursors[cursor.log.id] = nil }
        leave(cursor.log, address)
    }

    /// Someone who has joined `log` is gone.
    func leave(_ log: SharedLog, _ desk: Mailbox<LogNotice>?) {
        if log.leave(desk), case .cancel = log.whenAbandoned { tell([log.home], .abandoned(log)) }
        countForsakenUse(of: log)
    }

    private func countForsakenUse(of log: SharedLog) {
        if let (use, starter) = log.takeForsakenUse() { didUse(use, starter) }
    }

    // MARK: Notices

    private func tell(_ desks: [Mailbox<LogNotice>], _ notice: LogNotice) {
        for desk in desks {
            if desk === address { receive(notice) } else { desk.post(notice) }
        }
    }

    private func receive(_ notice: LogNotice) {
        switch notice {
        case .news(let log):
            log.noticed(by: address)
            guard let readers = cursors[log.id] else { return }
            for reader in readers.values { reader.cursor.wake() }
        case .abandoned(let log):
            if replicas?.awaitsReaders(of: log) != true { abandon(log) }
        }
    }

    /// Stops the writer of a log that nobody reads.
    func abandon(_ log: SharedLog) {
        guard let writer = writers[log.id], writer.log === log, log.closeIfAbandoned() else { return }
        store.remove(log)
        writer.cancel(.abandoned)
    }

    // MARK: Leases

    private func arm() {
        guard !isTimerArmed else { return }
        isTimerArmed = true
        timer?.arm(milliseconds: Self.interval)
    }

    private func tick() {
        isTimerArmed = false
        let now = loop.now
        for writer in writers.values { writer.log.renew(now: now) }
        for (id, readers) in cursors where writers[id] == nil {
            guard let log = readers.values.first?.cursor.log else { continue }
            let desks = log.endIfLost(now: now)
            if !desks.isEmpty { store.remove(log) }
            tell(desks, .news(log))
        }
        if !writers.isEmpty || !cursors.isEmpty { arm() }
    }
}

/// Lets a desk's mailbox be made before the desk itself.
private final class LogReceiver {
    weak var desk: LogDesk?
}
