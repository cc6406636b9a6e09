import Upstreams

/// Writes a log of this process as another replica writes it: reads its records and publishes them to readers here.
///
/// A log that has a gap, or lacks its end, is over at once, as one whose writer is lost; so is one of which nothing is
/// heard for a lease. States: following → over, when the local log has its terminal record, or a successor writes it on.
final class LogFollower: StreamFollower {
    let address: LogAddress
    /// The log here, which this writes.
    let log: SharedLog
    /// Writes the log on if its writer cannot; nil: nobody does.
    var successor: LogSuccessor?
    private unowned let desk: ReplicaDesk
    private var records: RecordChain
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
        // An answer that others may find must begin with its first event.
        records = RecordChain(mayBeginLater: log.terms == nil)
    }

    // MARK: Reading

    var lastID: String { records.lastID }

    func take(_ entries: RedisReply) {
        heardAt = desk.loop.now
        guard !isOver, let news = records.take(entries) else { return }
        if case .cancelled(.writerLost)? = news.end { desk.discard(address) }
        publish(news)
    }

    private func publish(_ news: SharedLog.Publication) {
        var news = news
        news.age = age
        guard let end = news.end else { return desk.publish(self, news) }
        isOver = true
        desk.didEnd(self)
        // Whatever has become of the writer, unless it is this process that ends.
        if case .cancelled(let cause) = end, cause != .shuttingDown, let successor {
            news.end = nil
            desk.publish(self, news)
            if successor(log) { return }
            news.batch = nil
            news.end = end
        }
        desk.publish(self, news)
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
        if records.nextOffset == nil || desk.loop.now.milliseconds(since: heardAt) > desk.lease { stop(.writerLost) }
    }

    /// Nobody reads here any more, or the process ends.
    func stop(_ cause: CompletionEnd.Cause) {
        guard !isOver else { return }
        var command = RedisCommand("ZREM", key: desk.keys.readers(address))
        command.add(desk.name)
        desk.send(command)
        publish(records.cut(cause))
    }
}
