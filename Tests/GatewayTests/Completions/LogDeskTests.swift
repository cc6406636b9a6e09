import Testing
import Upstreams

@testable import Gateway

/// Writers and cursors of one worker, and what workers tell each other.
struct LogDeskTests {
    private let loop = EventLoop()
    private let store = LogStore(maxBytes: 1 << 24)

    @Test func `a cursor sees what each turn has published, in order, and the end`() {
        let desk = LogDesk(store: store, loop: loop)
        let (log, writer) = desk.begin()
        let cursor = desk.attach(log, waking: Wakeup())
        writer.append("a")
        writer.append("b")
        #expect(!cursor.hasUnread, "published at the end of the turn")
        #expect(loop.turn { cursor.hasUnread })
        #expect(cursor.texts() == ["a", "b"])
        #expect(cursor.offset == 2 && !cursor.hasUnread && cursor.end == nil)
        writer.append("c")
        writer.end(nil)
        #expect(loop.turn { cursor.end != nil })
        #expect(cursor.texts() == ["c"])
        #expect(cursor.end?.isCompleted == true && cursor.hasContent)
        #expect(!desk.isWriting)
    }

    @Test func `readers of other workers see the same`() {
        let desks = (0..<3).map { _ in LogDesk(store: store, loop: loop) }
        let (log, writer) = desks[0].begin()
        let cursors = desks.map { $0.open(log, waking: Wakeup()) }
        writer.append("a")
        #expect(loop.turn { cursors.allSatisfy { $0?.hasUnread == true } })
        #expect(cursors.map { $0?.texts() } == [["a"], ["a"], ["a"]])
        writer.end(UpstreamError(.idleTimeout, "still"))
        #expect(loop.turn { cursors.allSatisfy { $0?.end?.word == "idle_timeout" } })
    }

    @Test func `a late joiner gets the prefix at once and then the rest`() {
        let desk = LogDesk(store: store, loop: loop)
        let (log, writer) = desk.begin()
        for text in ["a", "b", "c"] { writer.append(text) }
        loop.turn(for: 1)
        let late = desk.open(log, at: 1, waking: Wakeup())
        #expect(late?.texts() == ["b", "c"], "without a turn of the loop")
        writer.append("d")
        #expect(loop.turn { late?.hasUnread == true })
        #expect(late?.texts() == ["d"])
        writer.end(nil)
        loop.turn(for: 1)
    }

    @Test func `the writer is cancelled when its last reader has left, wherever that was`() {
        let (home, other) = (LogDesk(store: store, loop: loop), LogDesk(store: store, loop: loop))
        let (log, writer) = home.begin()
        let near = home.attach(log, waking: Wakeup())
        let far = other.open(log, waking: Wakeup())
        near.close()
        near.close()
        loop.turn(for: 1)
        #expect(writer.end == nil, "somebody reads on")
        far?.close()
        #expect(loop.turn { log.isEnded })
        #expect(writer.end?.word == "abandoned")
    }

    @Test func `a cursor that is let go of has left`() {
        let desk = LogDesk(store: store, loop: loop)
        let (log, writer) = desk.begin()
        var cursor: LogCursor? = desk.attach(log, waking: Wakeup())
        #expect(cursor?.end == nil)
        cursor = nil
        #expect(loop.turn { writer.end != nil })
    }

    @Test func `a log that is finished anyway goes on without readers`() {
        let desk = LogDesk(store: store, loop: loop)
        guard case .new(let log) = desk.open(LogFixture.question("k"), whenAbandoned: .finish) else {
            Issue.record("no new log")
            return
        }
        let writer = desk.write(log)
        desk.attach(log, waking: Wakeup()).close()
        writer.append("a")
        loop.turn(for: 1)
        #expect(writer.end == nil)
        writer.end(nil)
        loop.turn(for: 1)
        guard case .finished(let found, _) = desk.open(LogFixture.question("k")) else {
            Issue.record("not kept")
            return
        }
        #expect(desk.attach(found, waking: Wakeup()).texts() == ["a"])
    }

    @Test func `who comes between the last reader's leaving and the cancelling keeps the log alive`() {
        let (home, other) = (LogDesk(store: store, loop: loop), LogDesk(store: store, loop: loop))
        let (log, writer) = home.begin()
        let near = home.attach(log, waking: Wakeup())
        let far = other.open(log, waking: Wakeup())
        near.close()
        far?.close()
        let late = other.open(log, waking: Wakeup())
        loop.turn(for: 1)
        #expect(writer.end == nil, "the notice found a reader")
        late?.close()
        #expect(loop.turn { writer.end != nil })
    }

    @Test func `a reader that stalls is overrun, the others are not`() {
        let desk = LogDesk(store: store, loop: loop)
        let (log, writer) = desk.begin(maxBytes: 4000)
        let quick = desk.attach(log, waking: Wakeup())
        let slow = desk.open(log, waking: Wakeup())
        var read = 0
        for number in 0..<50 {
            writer.append("\(number) " + String(repeating: "x", count: 200))
            #expect(loop.turn { quick.hasUnread })
            read += quick.texts().count
        }
        #expect(read == 50 && !quick.isOverrun)
        #expect(slow?.isOverrun == true && slow?.hasUnread == false)
        #expect(log.cost <= 4000)
        writer.end(nil)
        loop.turn(for: 1)
    }

    @Test func `all writers stop when the process ends`() {
        let desk = LogDesk(store: store, loop: loop)
        let writers = (0..<3).map { _ in desk.begin().writer }
        var quiet = 0
        desk.didBecomeQuiet = { quiet += 1 }
        #expect(desk.isWriting)
        desk.cancelAll()
        #expect(loop.turn { !desk.isWriting })
        #expect(writers.allSatisfy { $0.end?.word == "shutting_down" })
        #expect(quiet == 1)
    }

    @Test func `what an answer has used is taken once, by a reader, or by who has left if none is there`() {
        let starter = UsageKey(user: "starter", team: nil, key: nil, model: "m")
        let usage = ChatChunkFacts.Usage(promptTokens: 1, completionTokens: 2, totalTokens: 3)
        for readers in 0...2 {
            let desk = LogDesk(store: store, loop: loop)
            var forsaken: [(AnswerUse, UsageKey)] = []
            desk.didUse = { forsaken.append(($0, $1)) }
            let (log, writer) = desk.begin(whenAbandoned: .finish)
            let first = desk.attach(log, waking: Wakeup())
            let others = (0..<readers).compactMap { _ in desk.open(log, waking: Wakeup()) }
            #expect(log.leaveUse(of: starter) == nil && log.takeUse() == nil, "it is not over")
            first.close()
            let facts = ChatChunkFacts(choices: 0, hasFinishReason: false, hasContent: false, usage: usage)
            ByteBuffer(Array("{}".utf8)).withBytes { writer.append($0, facts) }
            writer.cost = 7
            writer.end(nil)
            #expect(loop.turn { !desk.isWriting })
            let taken = others.map { _ in log.takeUse()?.cost }
            for other in others { other.close() }
            #expect(taken == Array([7, nil].prefix(readers)))
            #expect(forsaken.map(\.1) == (readers == 0 ? [starter] : []))
            #expect(forsaken.allSatisfy { $0.0.usage?.completionTokens == 2 && $0.0.cost == 7 })
        }
    }

    @Test func `whom an answer was asked of is told once, with its use, or by the last who leaves`() {
        for isLeft in [false, true] {
            let desk = LogDesk(store: store, loop: loop)
            let (log, writer) = desk.begin(whenAbandoned: .finish)
            let cursors = [desk.attach(log, waking: Wakeup())] + [desk.open(log, waking: Wakeup())].compactMap { $0 }
            #expect(log.leaveUse(of: UsageKey(user: "starter", team: nil, key: nil, model: "m")) == nil)
            log.note(AnswerOrigin(upstream: "first", attempts: 1))
            log.note(AnswerOrigin(upstream: "second", attempts: 2))
            #expect(log.takeForsakenOrigin() == nil, "somebody reads who can tell")
            if !isLeft {
                writer.end(nil)
                #expect(loop.turn { log.isEnded })
            }
            let used = cursors.map { _ in log.takeUse()?.origin?.upstream }
            #expect(used == (isLeft ? [nil, nil] : ["second", nil]))
            let left = cursors.map { cursor in
                cursor.close()
                return log.takeForsakenOrigin()?.attempts
            }
            #expect(left == (isLeft ? [nil, 2] : [nil, nil]))
            if isLeft { writer.end(nil) }
            #expect(loop.turn { !desk.isWriting })
        }
    }

    @Test func `a writer that goes without a word leaves a terminal record`() {
        let desk = LogDesk(store: store, loop: loop)
        let log = desk.makeLog(isStream: true, whenAbandoned: .cancel, terms: nil, maxBytes: 1000)
        let cursor = desk.open(log, waking: Wakeup())
        var writer: CompletionLog? = CompletionLog(publishing: log, at: desk)
        writer?.append("a")
        loop.turn(for: 1)
        writer = nil
        #expect(loop.turn { cursor?.end != nil })
        #expect(cursor?.end?.word == "writer_lost" && cursor?.hasContent == true)
        #expect(cursor?.texts() == ["a"])
    }
}
