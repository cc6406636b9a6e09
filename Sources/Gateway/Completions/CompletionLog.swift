import Upstreams

/// One completion as a sequence of events: an upstream appends, a reader takes.
///
/// This is the log without retention: what was read is gone. It is bounded by `isFull`, which pauses the upstream, and
/// always ends with one terminal record: `end`. The reader is woken at each change and looks at all of it again.
/// States: empty → begun (`head`) → ended; or empty → ended. Nothing is appended after the end.
final class CompletionLog: CompletionSink {
    /// What an event is to a reader that may not hand on all of them.
    enum Kind: UInt8 {
        case ordinary
        /// Carries usage and nothing else, as the last event of a stream that asked for it does.
        case usageOnly
    }

    enum End {
        case completed
        case failed(UpstreamError)
    }

    private(set) var head: AnswerHead?
    private(set) var end: End?
    /// An event with content was appended: what the client may have seen cannot be taken back.
    private(set) var hasContent = false
    private(set) var usage: ChatChunkFacts.Usage?
    private(set) var eventsAppended = 0
    private(set) var bytesAppended = 0

    private var unread = UnreadEvents()
    private let wakeup: Wakeup
    private let highBytes: Int

    /// `highBytes`: unread bytes at which the log is full.
    init(waking wakeup: Wakeup, highBytes: Int) {
        self.wakeup = wakeup
        self.highBytes = highBytes
    }

    // MARK: Writing

    var isFull: Bool { unread.byteCount >= highBytes }

    func begin(_ head: AnswerHead) {
        self.head = head
        wakeup.wake()
    }

    func append(_ payload: RawSpan, _ facts: ChatChunkFacts) {
        precondition(end == nil, "an event after the end")
        if let usage = facts.usage { self.usage = usage }
        if facts.hasContent || facts.hasFinishReason { hasContent = true }
        eventsAppended += 1
        bytesAppended += payload.byteCount
        let kind = facts.choices == 0 && facts.usage != nil ? Kind.usageOnly : .ordinary
        unread.append(payload, kind)
        wakeup.wake()
    }

    func end(_ error: UpstreamError?) {
        precondition(end == nil, "a second end")
        end = error.map { .failed($0) } ?? .completed
        wakeup.wake()
    }

    // MARK: Reading

    var hasUnread: Bool { unread.count > 0 }

    /// Hands out all events that wait, in order, and forgets them. Returns how many there were.
    @inline(__always)
    func drain(_ body: (RawSpan, Kind) -> Void) -> Int { unread.drain(body) }
}
