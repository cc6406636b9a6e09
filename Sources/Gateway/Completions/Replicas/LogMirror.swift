import Upstreams

/// What the writer of one log tells the shared store: one record per turn of the loop, and the terminal record.
///
/// States: open → ended, with the terminal record; or open → lost, at the first command that fails. Nothing is sent
/// again, and a log that was lost is never told as whole: others find it ended as one whose writer is lost.
final class LogMirror {
    let address: LogAddress
    let log: SharedLog
    private unowned let desk: ReplicaDesk
    /// Milliseconds for which the log stays in the store when nobody renews it any more.
    private let keep: Int
    private let statuses: StatusStream?
    private var records = 0
    private var isTrimmed = false
    private var isOpen = true

    init(_ log: SharedLog, keep: Int, desk: ReplicaDesk) {
        self.log = log
        self.keep = keep
        self.desk = desk
        let address = LogAddress(log.id, log.terms)
        self.address = address
        statuses = address.statusStream.map {
            StatusStream($0, address, keep: keep, maxBytes: log.terms?.maxBytes ?? 0, desk: desk)
        }
    }

    private var keys: LogKeys { desk.keys }

    /// The keys of the log, its lease and its claim, and of the stream that other programs follow.
    private var allKeys: [String] {
        [keys.log(address), keys.lease(address), keys.claim(address)] + (address.statusStream.map { [$0] } ?? [])
    }

    /// `s`: events of a stream; `w`: one whole answer.
    static func form(isStream: Bool) -> String { isStream ? "s" : "w" }

    // MARK: Writing

    /// The log's first word. A log that answers a question has its lease with the claim.
    func begin() {
        if log.terms == nil {
            var command = RedisCommand("SET", key: keys.lease(address), "1", "PX")
            command.add(desk.lease)
            desk.send(command) { [weak self] in self?.check($0.error) }
        }
        statuses?.begin { [weak self] in self?.check($0) }
    }

    /// Tells what a turn has added to the log, which has it already.
    func publish(_ publication: SharedLog.Publication) {
        guard isOpen else { return }
        if let batch = publication.batch { append(batch, publication) }
        if isOpen, let end = publication.end { finish(end) }
    }

    private func append(_ batch: EventBatch, _ publication: SharedLog.Publication) {
        var command = RedisCommand("XADD")
        command.addKey(keys.log(address))
        // A store that has lost the log must not begin one with a gap, which nobody would take out again.
        if records > 0 { command.add("NOMKSTREAM") }
        let firstOffset = log.firstOffset
        if firstOffset > 0 {
            if !isTrimmed { giveUpQuestion() }
            command.add("MINID")
            command.add("=")
            command.add(firstOffset + 1)
        }
        command.add("\(batch.endOffset)-0")
        command.add(contentsOf: LogRecord.fields(batch, publication))
        desk.send(command) { [weak self] result in self?.check(Self.error(ofAppend: result)) }
        records += 1
        if records == 1 {
            var command = RedisCommand("PEXPIRE", key: keys.log(address))
            command.add(keep)
            desk.send(command) { [weak self] in self?.check($0.error) }
        }
        guard isOpen else { return }
        statuses?.append(batch) { [weak self] in self?.check($0) }
    }

    private static func error(ofAppend result: RedisResult) -> RedisError? {
        switch result {
        case .success(let reply): reply.isNull ? .closed : nil
        case .failure(let error): error
        }
    }

    /// The log has forgotten its beginning: nobody may begin to read it.
    private func giveUpQuestion() {
        isTrimmed = true
        desk.discard(address)
    }

    private func finish(_ end: CompletionEnd) {
        close()
        statuses?.end(end) { _ in }
        let terms = log.terms
        let isKept = end.isCompleted && log.isWhole && log.cost <= terms?.maxBytes ?? 0
        var arguments = RedisArguments()
        arguments.add(address.id.description)
        arguments.add(Self.form(isStream: log.isStream))
        arguments.add(isKept ? terms?.timeToLive ?? 0 : 0)
        arguments.add(max(keep, isKept ? terms?.timeToLive ?? 0 : 0))
        arguments.add(isTrimmed ? -1 : records)
        arguments.add(contentsOf: LogRecord.fields(end, events: log.endOffset))
        desk.run(desk.scripts.end, keys: allKeys, arguments) { [desk, address] result in
            if result.integer != 1 { desk.discard(address) }
        }
    }

    /// Tells that the writer lives.
    func renew() {
        var arguments = RedisArguments()
        arguments.add(address.id.description)
        arguments.add(desk.lease)
        arguments.add(keep)
        desk.run(desk.scripts.renew, keys: allKeys, arguments) { [weak self] result in
            self?.check(result.error ?? (result.integer == 1 ? nil : .closed))
        }
    }

    // MARK: Endings

    private func check(_ error: RedisError?) {
        if error != nil, isOpen { lose() }
    }

    /// Something of the log did not get there, or may not have.
    private func lose() {
        close()
        desk.countUnshared()
        let lost = CompletionEnd.cancelled(.writerLost)
        statuses?.end(lost) { _ in }
        var arguments = RedisArguments()
        arguments.add(address.id.description)
        arguments.add(Self.form(isStream: log.isStream))
        arguments.add(0)
        arguments.add(keep)
        arguments.add(-1)
        arguments.add(contentsOf: LogRecord.fields(lost, events: 0))
        desk.run(desk.scripts.end, keys: allKeys, arguments) { _ in }
    }

    private func close() {
        isOpen = false
        desk.didClose(self)
    }
}
