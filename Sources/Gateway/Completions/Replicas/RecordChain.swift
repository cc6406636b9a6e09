import Upstreams

/// Puts a log together from the records of its stream in the shared store: each event once, in order, up to the terminal
/// record.
///
/// Where records are missing, the log ends as one whose writer is lost.
struct RecordChain {
    /// Whether the first events may be gone.
    private let mayBeginLater: Bool
    /// The offset after the last event that was read; nil: none was.
    private(set) var nextOffset: Int?
    private var hasContent = false
    private var usage: ChatChunkFacts.Usage?

    init(mayBeginLater: Bool) { self.mayBeginLater = mayBeginLater }

    /// The id of the last record that was read.
    var lastID: String { "\(nextOffset ?? 0)-0" }

    /// What records as `XREAD` gives them, `[[id, [field, value, …]], …]`, add to the log; nil: nothing.
    mutating func take(_ entries: RedisReply) -> SharedLog.Publication? {
        var batches: [EventBatch] = []
        var end: CompletionEnd?
        for place in 0..<entries.count where end == nil {
            entries.withElement(place) { entry in
                switch LogRecord(entry) {
                case .events(let batch, let hasContent, let usage):
                    // The first look and the command that blocks may both have found it.
                    if batch.endOffset <= nextOffset ?? 0 { return }
                    // What a store has lost is told it again, perhaps in larger pieces.
                    let first = nextOffset ?? (mayBeginLater ? batch.firstOffset : 0)
                    guard batch.firstOffset <= first else { return end = .cancelled(.writerLost) }
                    nextOffset = batch.endOffset
                    self.hasContent = hasContent
                    self.usage = usage ?? self.usage
                    batches.append(batch.suffix(from: first))
                case .end(let how, let events):
                    let expected = nextOffset ?? (mayBeginLater ? events : 0)
                    end = how.isCompleted && events != expected ? .cancelled(.writerLost) : how
                case nil:
                    end = .cancelled(.writerLost)
                }
            }
        }
        guard !batches.isEmpty || end != nil else { return nil }
        return publication(batches.count < 2 ? batches.first : EventBatch(joining: batches), end)
    }

    /// An end that is not in the store.
    func cut(_ cause: CompletionEnd.Cause) -> SharedLog.Publication { publication(nil, .cancelled(cause)) }

    private func publication(_ batch: EventBatch?, _ end: CompletionEnd?) -> SharedLog.Publication {
        SharedLog.Publication(batch: batch, hasContent: hasContent, usage: usage, end: end)
    }
}
