import Upstreams

/// Writes a log of this process as another replica writes it: reads its records and publishes them to readers here.
///
/// A log that has a gap, or lacks its end, is over at once, as one whose writer is lost; so is one of which nothing is
/// heard for a lease. States: following → over, when the local log has its terminal record.
final class LogFollower: StreamFollower {
    let address: LogAddress
    /// The log here, which this writes.
    let log: SharedLog
    private unowned let desk: ReplicaDesk
    private var nextOffset: Int?
    private var hasContent = false
    private var usage: ChatChunkFacts.Usage?
    private var isOver = false
    /// When the store last told something of the log.
    private var heardAt: MonotonicTime

    /// Milliseconds since the log ended; 0 for one that is written.
    private let age: Int

    init(_ log: SharedLog, _ address: LogAddress, age: Int, desk: ReplicaDesk, now: MonotonicTime) {
        self.log = log
        self.age = age
        self.address = address
        self.desk = desk
        heardAt = now
    }

    // MARK: Reading

    /// The id of the last record that was read.
    var lastID: String { "\(nextOffset ?? 0)-0" }

    /// Takes records as `XREAD` gives them, `[[id, [field, value, …]], …]`.
    func take(_ entries: RedisReply) {
        var batches: [EventBatch] = []
        var end: CompletionEnd?
        for place in 0..<entries.count where end == nil && !isOver {
            entries.withElement(place) { entry in
                switch LogRecord(entry) {
                case .events(let batch, let hasContent, let usage):
                    // The first look and the command that blocks may both have found it.
                    if batch.endOffset <= nextOffset ?? 0 { return }
                    guard fits(batch) else { return end = .cancelled(.writerLost) }
                    nextOffset = batch.endOffset
                    self.hasContent = hasContent
                    self.usage = usage ?? self.usage
                    batches.append(batch)
                case .end(let how, let events):
                    end = how.isCompleted && events != nextOffset ?? 0 ? .cancelled(.writerLost) : how
                case nil:
                    end = .cancelled(.writerLost)
                }
            }
        }
        heardAt = desk.loop.now
        guard !isOver, !batches.isEmpty || end != nil else { return }
        if case .cancelled(.writerLost)? = end { desk.discard(address) }
        publish(batches, end)
    }

    /// Whether these events follow those that are here. An answer that others may find must begin with its first event.
    private func fits(_ batch: EventBatch) -> Bool {
        if let nextOffset { return batch.firstOffset == nextOffset }
        return batch.firstOffset == 0 || log.terms == nil
    }

    private func publish(_ batches: [EventBatch], _ end: CompletionEnd?) {
        if end != nil { close() }
        let batch = batches.count < 2 ? batches.first : EventBatch(joining: batches)
        desk.publish(
            self, SharedLog.Publication(batch: batch, hasContent: hasContent, usage: usage, end: end, age: age))
    }

    // MARK: The writer's life

    /// Tells that somebody reads here, and looks whether somebody writes there.
    func watch() {
        guard !isOver else { return }
        var arguments = RedisArguments()
        arguments.add(address.id.description)
        arguments.add(desk.name)
        arguments.add(desk.lease)
        arguments.add(60_000)
        var keys = [
            desk.keys.log(address), desk.keys.lease(address), desk.keys.claim(address), desk.keys.readers(address),
        ]
        if let stream = address.statusStream {
            keys.append(stream)
            arguments.add(StatusStream.interruption)
        }
        desk.run(desk.scripts.watch, keys: keys, arguments) { [weak self] result in self?.didWatch(result) }
    }

    private func didWatch(_ result: RedisResult) {
        if result.error == nil { heardAt = desk.loop.now } else { didFail() }
    }

    /// The store does not answer. Who has been told nothing yet may have the answer made anew.
    func didFail() {
        if nextOffset == nil || desk.loop.now.milliseconds(since: heardAt) > desk.lease { stop(.writerLost) }
    }

    /// Nobody reads here any more, or the process ends.
    func stop(_ cause: CompletionEnd.Cause) {
        guard !isOver else { return }
        var command = RedisCommand("ZREM", key: desk.keys.readers(address))
        command.add(desk.name)
        desk.send(command)
        publish([], .cancelled(cause))
    }

    private func close() {
        isOver = true
        desk.didEnd(self)
    }
}
