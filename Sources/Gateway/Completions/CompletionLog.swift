import Upstreams

/// One completion as a sequence of events, at the place where it is written: an upstream appends here.
///
/// Without retention its one reader, on the same worker, drains it, and what was read is gone; it is bounded by
/// `isFull`, which pauses the upstream. With retention (`shared`) what one turn appends is published at the turn's end,
/// to any number of readers on any worker, and the upstream is never paused. It always ends with one terminal record:
/// `end`. States: empty → begun (`head`) → ended; or empty → ended. Nothing is appended after the end.
final class CompletionLog: CompletionSink {
    private(set) var head: AnswerHead?
    private(set) var end: CompletionEnd?
    private(set) var hasContent = false
    private(set) var usage: ChatChunkFacts.Usage?
    /// What it has cost in nano-dollars, told before the end; nil: nobody knows.
    var cost: Int?
    private(set) var eventsAppended = 0
    private(set) var bytesAppended = 0

    private var pending = PendingEvents()
    private let audience: Audience
    private var isPublicationDue = false

    private enum Audience {
        /// `highBytes`: unread bytes at which the log is full.
        case reader(Wakeup, highBytes: Int)
        /// `first`: the offset of the first event.
        case shared(SharedLog, LogDesk, first: Int)
    }

    /// A log without retention, for one reader that is woken at each change.
    ///
    /// - Parameter highBytes: unread bytes at which the log is full.
    init(waking wakeup: Wakeup, highBytes: Int) {
        audience = .reader(wakeup, highBytes: highBytes)
    }

    /// A log that is kept and read by many. `first`: the offset of its first event.
    init(publishing shared: SharedLog, at desk: LogDesk, from first: Int = 0) {
        audience = .shared(shared, desk, first: first)
    }

    /// Goes on with a log of which `told` is there.
    init(continuing shared: SharedLog, after told: SharedLog.News, at desk: LogDesk) {
        audience = .shared(shared, desk, first: told.batches.last?.endOffset ?? 0)
        (head, hasContent, usage) = (told.head, told.hasContent, told.usage)
    }

    deinit {
        if case .shared(let log, let desk, _) = audience, end == nil {
            let lost = CompletionEnd.cancelled(.writerLost)
            desk.publish(
                log, SharedLog.Publication(head: head, hasContent: hasContent, usage: usage, end: lost))
        }
    }

    // MARK: Writing

    var isFull: Bool {
        if case .reader(_, let highBytes) = audience { pending.byteCount >= highBytes } else { false }
    }

    func begin(_ head: AnswerHead) {
        self.head = head
        changed()
    }

    func append(_ payload: RawSpan, _ facts: ChatChunkFacts) {
        precondition(end == nil, "an event after the end")
        if let usage = facts.usage { self.usage = usage }
        if facts.hasContent || facts.hasFinishReason { hasContent = true }
        eventsAppended += 1
        bytesAppended += payload.byteCount
        pending.append(payload, LogEventKind(facts))
        changed()
    }

    func end(_ error: UpstreamError?) { finish(error.map { .failed($0) } ?? .completed) }

    /// Writes the terminal record.
    func finish(_ end: CompletionEnd) {
        precondition(self.end == nil, "a second end")
        self.end = end
        changed()
    }

    private func changed() {
        switch audience {
        case .reader(let wakeup, _):
            wakeup.wake()
        case .shared(_, let desk, _):
            guard !isPublicationDue else { return }
            isPublicationDue = true
            desk.loop.atEndOfTurn(self)
        }
    }
}

extension CompletionLog: TurnTask {
    /// Publishes what this turn has appended.
    func runAtEndOfTurn() {
        guard case .shared(let log, let desk, let first) = audience else { return }
        isPublicationDue = false
        let batch = pending.count > 0 ? pending.seal(firstOffset: first + eventsAppended - pending.count) : nil
        desk.publish(
            log,
            SharedLog.Publication(
                batch: batch, head: head, hasContent: hasContent, usage: usage, end: end, cost: cost))
    }
}

extension CompletionLog: LogReader {
    var hasUnread: Bool { pending.count > 0 }

    var offset: Int { eventsAppended - pending.count }

    var isOverrun: Bool { false }

    @inline(__always)
    func drain(_ body: (RawSpan, LogEventKind) -> Void) -> Int { pending.drain(body) }
}
