import Upstreams

/// Writes a log of this process from the events of a task in the store that replicas share, for those who read it here.
///
/// States: following → over, when the log has its terminal record: the task's own, or one that tells of a loss.
final class TaskFollower: StreamFollower {
    let id: String
    let log: SharedLog
    private unowned let desk: SharedTaskDesk
    private var nextOffset: Int?
    private var isOver = false

    init(_ id: String, _ log: SharedLog, desk: SharedTaskDesk) {
        self.id = id
        self.log = log
        self.desk = desk
    }

    var lastID: String { "\(nextOffset ?? 0)-0" }

    func take(_ entries: RedisReply) {
        var batches: [EventBatch] = []
        var end: CompletionEnd?
        for place in 0..<entries.count where end == nil && !isOver {
            entries.withElement(place) { entry in
                switch LogRecord(entry) {
                case .events(let batch, _, _):
                    // The first look and the command that blocks may both have found it.
                    if batch.endOffset <= nextOffset ?? 0 { return }
                    guard batch.firstOffset == nextOffset ?? batch.firstOffset else {
                        return end = .cancelled(.writerLost)
                    }
                    nextOffset = batch.endOffset
                    batches.append(batch)
                case .end(let how, let events):
                    end = events == nextOffset ?? events ? how : .cancelled(.writerLost)
                case nil:
                    end = .cancelled(.writerLost)
                }
            }
        }
        guard !isOver, !batches.isEmpty || end != nil else { return }
        publish(batches, end)
    }

    /// The store does not answer: whoever reads here waits, as for a task that tells nothing.
    func didFail() {}

    /// Looks whether the task is still known there.
    func watch() {
        guard !isOver else { return }
        desk.client.send(RedisCommand("EXISTS", key: desk.keys.task(id))) { [weak self] result in
            if result.integer == 0 { self?.stop(.writerLost) }
        }
    }

    /// Nobody reads here any more, the process ends, or there is nothing to read.
    func stop(_ cause: CompletionEnd.Cause) {
        if !isOver { publish([], .cancelled(cause)) }
    }

    private func publish(_ batches: [EventBatch], _ end: CompletionEnd?) {
        if end != nil {
            isOver = true
            desk.didEnd(self)
        }
        let batch = batches.count < 2 ? batches.first : EventBatch(joining: batches)
        desk.logs.publish(log, SharedLog.Publication(batch: batch, end: end))
    }
}
