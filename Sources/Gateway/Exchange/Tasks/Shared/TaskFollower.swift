import Upstreams

/// Writes a log of this process from the events of a task in the store that replicas share, for those who read it here.
///
/// States: following → over, when the log has its terminal record: the task's own, or one that tells of a loss.
final class TaskFollower: StreamFollower {
    let id: String
    let log: SharedLog
    private unowned let desk: SharedTaskDesk
    /// Its first events may no longer be kept.
    private var records = RecordChain(mayBeginLater: true)
    private var isOver = false

    init(_ id: String, _ log: SharedLog, desk: SharedTaskDesk) {
        self.id = id
        self.log = log
        self.desk = desk
    }

    var lastID: String { records.lastID }

    func take(_ entries: RedisReply) {
        if !isOver, let news = records.take(entries) { publish(news) }
    }

    /// The store does not answer: whoever reads here waits, as for a task that tells nothing.
    func didFail() {}

    /// Looks whether the task is still known there.
    func watch() {
        guard !isOver else { return }
        desk.store.client.send(RedisCommand("EXISTS", key: desk.store.keys.task(id))) { [weak self] result in
            if result.integer == 0 { self?.stop(.writerLost) }
        }
    }

    /// Nobody reads here any more, the process ends, or there is nothing to read.
    func stop(_ cause: CompletionEnd.Cause) {
        if !isOver { publish(records.cut(cause)) }
    }

    private func publish(_ news: SharedLog.Publication) {
        if news.end != nil {
            isOver = true
            desk.didEnd(self)
        }
        desk.logs.publish(log, news)
    }
}
