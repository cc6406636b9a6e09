import Upstreams

/// One reader's place in a log. What it tells changes only between two looks: the reader is woken and looks again.
protocol LogReader: AnyObject {
    /// The provider's head; nil before its answer began.
    var head: AnswerHead? { get }
    /// The terminal record; events before it may still be unread.
    var end: CompletionEnd? { get }
    /// An event with content is in the log: what a client may have seen cannot be taken back.
    var hasContent: Bool { get }
    var usage: ChatChunkFacts.Usage? { get }
    var hasUnread: Bool { get }
    /// The offset of the next event.
    var offset: Int { get }
    /// The reader was so slow that events which it had not read are gone.
    var isOverrun: Bool { get }
    /// Hands out all events that wait, in order, and moves on. Returns how many there were.
    func drain(_ body: (RawSpan, LogEventKind) -> Void) -> Int
}

extension LogReader {
    /// Something has come of it that is to be paid.
    var hasResult: Bool { hasContent || usage != nil }
}
