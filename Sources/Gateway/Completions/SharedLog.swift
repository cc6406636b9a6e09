import Synchronization
import Upstreams

/// A completion that is kept: an append-only run of events with offsets, read by any number of cursors on any worker.
///
/// Written by one `CompletionLog`, turn by turn. Bounded: beyond `maxBytes` it forgets its beginning, and then nobody
/// may join it any more and a reader that had not come so far is overrun. Always ends with a terminal record; a writer
/// that neither writes nor renews its lease has it written by a reader.
/// States: open → ended; or open → closing (none may join: no reader is left, or it was taken over) → ended.
final class SharedLog: Sendable {
    /// What one turn of the writer adds.
    struct Publication {
        var batch: EventBatch?
        var head: AnswerHead?
        var hasContent = false
        var usage: ChatChunkFacts.Usage?
        var end: CompletionEnd?
        /// What it has cost, with the end; nano-dollars, nil: nobody knows.
        var cost: Int?
        /// Milliseconds since the end, at another replica.
        var age = 0
    }

    /// What a reader finds at one look.
    struct News {
        /// From the batch of the offset that was asked for.
        var batches: ArraySlice<EventBatch> = []
        var head: AnswerHead?
        var hasContent = false
        var usage: ChatChunkFacts.Usage?
        var end: CompletionEnd?
        /// The offset of the oldest event that is kept.
        var firstOffset = 0
    }

    /// What becomes of the writer when the last reader leaves.
    enum WhenAbandoned: Sendable {
        /// It is cancelled.
        case cancel
        /// It writes to the end, for those who ask later.
        case finish
    }

    let id: LogID
    /// Events of a stream, or one event that is the whole answer.
    let isStream: Bool
    let whenAbandoned: WhenAbandoned
    /// Nil: nobody else is to find it.
    let terms: CacheTerms?
    /// The worker that writes it.
    let home: Mailbox<LogNotice>
    private let maxBytes: Int
    private let memory: StoreMemory
    private let state: Mutex<State>

    /// How long a silent writer is believed to live; it renews three times as often.
    static let leaseMilliseconds = 15_000

    private struct State {
        var batches: [EventBatch] = []
        var facts = News()
        var cost = 0
        var readers = 0
        var isClosing = false
        var endedAt: MonotonicTime?
        var leaseEnd: MonotonicTime
        /// Who has had it made and has left before its end. Nil: whoever has had it made accounts for it, or somebody
        /// has done so.
        var starter: UsageKey?
        var nanodollars: Int?
        /// Whom it was asked of, which none of its readers knows; nil: somebody tells of it.
        var origin: AnswerOrigin?
        /// Workers with readers, and whether each has a notice on its way.
        var audience: [(desk: Mailbox<LogNotice>, readers: Int, isNoticed: Bool)] = []
    }

    init(
        id: LogID = .random(), isStream: Bool, whenAbandoned: WhenAbandoned, terms: CacheTerms?,
        home: Mailbox<LogNotice>, maxBytes: Int,
        memory: StoreMemory, now: MonotonicTime
    ) {
        self.id = id
        self.isStream = isStream
        self.whenAbandoned = whenAbandoned
        self.terms = terms
        self.home = home
        self.maxBytes = maxBytes
        self.memory = memory
        state = Mutex(State(leaseEnd: now.advanced(milliseconds: Self.leaseMilliseconds)))
    }

    deinit { memory.give(state.withLock { $0.cost }) }

    // MARK: Writing

    /// Adds what a turn has made. Returns the workers that have to be told.
    func publish(_ publication: Publication, now: MonotonicTime) -> [Mailbox<LogNotice>] {
        state.withLock { state in
            guard state.facts.end == nil else { return [] }
            if let batch = publication.batch { append(batch, &state) }
            state.facts.head = publication.head
            state.facts.hasContent = publication.hasContent
            state.facts.usage = publication.usage
            state.leaseEnd = now.advanced(milliseconds: Self.leaseMilliseconds)
            state.nanodollars = publication.cost
            if let end = publication.end { finish(end, &state, now.advanced(milliseconds: -publication.age)) }
            return unnoticed(&state)
        }
    }

    func renew(now: MonotonicTime) {
        state.withLock { $0.leaseEnd = now.advanced(milliseconds: Self.leaseMilliseconds) }
    }

    private func append(_ batch: EventBatch, _ state: inout State) {
        // One that is followed may have forgotten its beginning elsewhere.
        if state.batches.isEmpty { state.facts.firstOffset = batch.firstOffset }
        state.batches.append(batch)
        var cost = batch.cost
        var dropped = 0
        while state.cost + cost > maxBytes, dropped < state.batches.count - 1 {
            cost -= state.batches[dropped].cost
            dropped += 1
        }
        if dropped > 0 {
            state.batches.removeFirst(dropped)
            state.facts.firstOffset = state.batches[0].firstOffset
        }
        state.cost += cost
        memory.take(cost)
    }

    private func finish(_ end: CompletionEnd, _ state: inout State, _ now: MonotonicTime) {
        state.facts.end = end
        state.endedAt = now
        guard state.batches.count > 1 else { return }
        let whole = EventBatch(joining: state.batches)
        state.batches = [whole]
        memory.take(whole.cost - state.cost)
        state.cost = whole.cost
    }

    private func unnoticed(_ state: inout State) -> [Mailbox<LogNotice>] {
        var desks: [Mailbox<LogNotice>] = []
        for index in state.audience.indices where !state.audience[index].isNoticed {
            state.audience[index].isNoticed = true
            desks.append(state.audience[index].desk)
        }
        return desks
    }

    // MARK: Reading

    /// Whether a reader may begin at `offset`; then it counts until it leaves. `desk` is told of all that is new; a
    /// holder without one only keeps the log alive.
    func join(at offset: Int, _ desk: Mailbox<LogNotice>?) -> Bool {
        state.withLock { state in
            guard !state.isClosing, offset >= state.facts.firstOffset else { return false }
            state.readers += 1
            if let desk { Self.count(1, desk, &state) }
            return true
        }
    }

    /// A reader is gone. Returns whether it was the last one of a log that is still written.
    func leave(_ desk: Mailbox<LogNotice>?) -> Bool {
        state.withLock { state in
            state.readers -= 1
            precondition(state.readers >= 0, "a reader left twice")
            if let desk { Self.count(-1, desk, &state) }
            return state.readers == 0 && state.facts.end == nil
        }
    }

    private static func count(_ change: Int, _ desk: Mailbox<LogNotice>, _ state: inout State) {
        guard let index = state.audience.firstIndex(where: { $0.desk === desk }) else {
            return state.audience.append((desk, change, false))
        }
        state.audience[index].readers += change
        if state.audience[index].readers == 0 { state.audience.remove(at: index) }
    }

    /// A desk has had its notice and looks now.
    func noticed(by desk: Mailbox<LogNotice>) {
        state.withLock { state in
            guard let index = state.audience.firstIndex(where: { $0.desk === desk }) else { return }
            state.audience[index].isNoticed = false
        }
    }

    /// What there is from `offset` on.
    func news(from offset: Int) -> News {
        state.withLock { state in
            var news = state.facts
            let first = state.batches.lastIndex { $0.firstOffset <= offset } ?? state.batches.startIndex
            news.batches = state.batches[first...]
            return news
        }
    }

    // MARK: Accounting

    /// Who has had it made leaves before its end: what it uses is counted for the first that is answered by it, or for
    /// who has left if nobody is. Gives what it has used if it is over already.
    func leaveUse(of starter: UsageKey) -> AnswerUse? {
        state.withLock { state in
            if state.facts.end != nil { return Self.use(state) }
            state.starter = starter
            return nil
        }
    }

    /// What it has used, for one who was answered by it; nil: that is accounted for.
    func takeUse() -> AnswerUse? {
        state.withLock { state in
            guard state.facts.end != nil, state.starter != nil else { return nil }
            state.starter = nil
            var use = Self.use(state)
            (use.origin, state.origin) = (state.origin, nil)
            return use
        }
    }

    /// What it has used and for whom, if it is over and no reader is left to account for it.
    func takeForsakenUse() -> (use: AnswerUse, by: UsageKey)? {
        state.withLock { state in
            guard state.facts.end != nil, state.readers == 0, let starter = state.starter else { return nil }
            state.starter = nil
            return (Self.use(state), starter)
        }
    }

    /// Whom it is asked of now, by a writer that no reader has started: one of them has to tell it.
    func note(_ origin: AnswerOrigin) { state.withLock { $0.origin = origin } }

    /// Whom it was asked of, if nobody has told that and no reader is left who could.
    func takeForsakenOrigin() -> AnswerOrigin? {
        state.withLock { state in
            guard state.readers == 0, let origin = state.origin else { return nil }
            state.origin = nil
            return origin
        }
    }

    private static func use(_ state: State) -> AnswerUse {
        let hasResult = state.facts.hasContent || state.facts.usage != nil
        return AnswerUse(usage: state.facts.usage, cost: hasResult ? state.nanodollars : nil)
    }

    // MARK: Ending

    /// Closes the log to new readers if nobody reads it; its writer then ends it.
    func closeIfAbandoned() -> Bool {
        state.withLock { state in
            guard state.readers == 0, state.facts.end == nil else { return false }
            state.isClosing = true
            return true
        }
    }

    /// Closes the log to new readers, for a writer that goes on here with what another replica began: from now on the
    /// log of this name there is another one. Gives all of it; nil: it is over, nobody reads it, it is not there from its
    /// beginning with something of the answer, or a client may come back to it at any replica.
    func takeOver() -> News? {
        state.withLock { state in
            let present = state.audience.reduce(0) { $0 + $1.readers }
            guard state.facts.end == nil, !state.isClosing, present > 0, present == state.readers,
                state.facts.firstOffset == 0, state.facts.hasContent
            else { return nil }
            state.isClosing = true
            var news = state.facts
            news.batches = state.batches[...]
            return news
        }
    }

    /// Ends the log in the place of a writer that has let its lease run out. Returns whom to tell.
    func endIfLost(now: MonotonicTime) -> [Mailbox<LogNotice>] {
        state.withLock { state in
            guard state.facts.end == nil, now > state.leaseEnd else { return [] }
            finish(.cancelled(.writerLost), &state, now)
            return unnoticed(&state)
        }
    }

    /// How it ended and how long ago, in milliseconds; nil while it is written.
    func ending(now: MonotonicTime) -> (end: CompletionEnd, age: Int)? {
        state.withLock { state in
            guard let end = state.facts.end, let endedAt = state.endedAt else { return nil }
            return (end, now.milliseconds(since: endedAt))
        }
    }

    var isEnded: Bool { state.withLock { $0.facts.end != nil } }

    /// Memory that it takes, in bytes.
    var cost: Int { state.withLock { $0.cost } }

    /// Whether all of it is kept, from its first event on.
    var isWhole: Bool { firstOffset == 0 }

    /// The offset of the oldest event that is kept.
    var firstOffset: Int { state.withLock { $0.facts.firstOffset } }

    /// The offset after the last event.
    var endOffset: Int { state.withLock { $0.batches.last?.endOffset ?? 0 } }

    /// Whether somebody in this process reads it or may come back to it.
    var isRead: Bool { state.withLock { $0.readers > 0 } }
}
