import Upstreams

/// One reader's place in a shared log, on the reader's worker.
///
/// Counts among the log's readers from `LogDesk.open` until `close`. What it tells changes only when its desk has news.
final class LogCursor: LogReader {
    let log: SharedLog
    /// The offset of the next event.
    private(set) var offset: Int
    private(set) var head: AnswerHead?
    private(set) var end: CompletionEnd?
    private(set) var hasContent = false
    private(set) var usage: ChatChunkFacts.Usage?
    private(set) var isOverrun = false
    private var unread: ArraySlice<EventBatch> = []
    private let desk: LogDesk
    private let wakeup: Wakeup
    private var isClosed = false

    init(_ log: SharedLog, at offset: Int, _ desk: LogDesk, waking wakeup: Wakeup) {
        self.log = log
        self.offset = offset
        self.desk = desk
        self.wakeup = wakeup
        look()
    }

    deinit { close() }

    /// Takes in what is new.
    func look() {
        let news = log.news(from: offset)
        if news.firstOffset > offset { isOverrun = true }
        unread = isOverrun ? [] : news.batches
        head = news.head
        hasContent = news.hasContent
        usage = news.usage
        end = news.end
    }

    func wake() {
        look()
        wakeup.wake()
    }

    var hasUnread: Bool { unread.last.map { $0.endOffset > offset } ?? false }

    func drain(_ body: (RawSpan, LogEventKind) -> Void) -> Int {
        let first = offset
        for batch in unread where batch.endOffset > offset {
            batch.forEach(from: offset, body)
            offset = batch.endOffset
        }
        unread = []
        return offset - first
    }

    /// Leaves the log. A second time does nothing.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        unread = []
        desk.close(self)
    }
}
