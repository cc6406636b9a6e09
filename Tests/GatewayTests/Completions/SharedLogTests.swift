import Testing
import Upstreams

@testable import Gateway

/// A kept log: what readers find, whom a writer has to tell, how it is bounded and how it ends.
struct SharedLogTests {
    private let loop = EventLoop()
    private let store = LogStore(maxBytes: 1 << 24)

    private func log(maxBytes: Int = 1 << 20, _ desk: LogDesk) -> SharedLog {
        desk.makeLog(isStream: true, whenAbandoned: .cancel, terms: nil, maxBytes: maxBytes)
    }

    private func publish(_ texts: [String], at offset: Int, to log: SharedLog) {
        _ = log.publish(SharedLog.Publication(batch: LogFixture.batch(texts, at: offset)), now: loop.now)
    }

    private func texts(_ log: SharedLog, from offset: Int) -> [String] {
        var found: [String] = []
        for batch in log.news(from: offset).batches where batch.endOffset > offset {
            batch.forEach(from: offset) { payload, _ in found.append(payload.text) }
        }
        return found
    }

    @Test(arguments: 0...7) func `a reader gets what there is from any offset on`(offset: Int) {
        let desk = LogDesk(store: store, loop: loop)
        let log = log(desk)
        publish(["a", "b", "c"], at: 0, to: log)
        publish(["d"], at: 3, to: log)
        publish(["e", ""], at: 4, to: log)
        let all = ["a", "b", "c", "d", "e", ""]
        #expect(texts(log, from: offset) == Array(all.dropFirst(offset)))
        _ = log.publish(SharedLog.Publication(end: .completed), now: loop.now)
        #expect(texts(log, from: offset) == Array(all.dropFirst(offset)), "joined in one batch it is the same")
    }

    @Test func `the first end counts and nothing follows it`() {
        let desk = LogDesk(store: store, loop: loop)
        let log = log(desk)
        _ = log.publish(SharedLog.Publication(end: .failed(UpstreamError(.truncated, "cut"))), now: loop.now)
        publish(["late"], at: 0, to: log)
        _ = log.publish(SharedLog.Publication(end: .completed), now: loop.now)
        let news = log.news(from: 0)
        #expect(news.end?.word == "truncated")
        #expect(news.batches.isEmpty)
    }

    @Test func `beyond its bound it forgets its beginning, and then nobody joins it`() {
        let desk = LogDesk(store: store, loop: loop)
        let log = log(maxBytes: 3000, desk)
        for number in 0..<20 { publish([String(repeating: "x", count: 400)], at: number, to: log) }
        #expect(log.cost <= 3000)
        #expect(store.memory.bytes == log.cost)
        #expect(!log.isWhole)
        #expect(!log.join(at: 0, desk.address))
        let first = log.news(from: 0).firstOffset
        #expect(first > 0)
        #expect(log.join(at: first, desk.address))
        #expect(texts(log, from: first).count == 20 - first)
    }

    @Test func `one batch above the bound is kept, since somebody has to read it`() {
        let desk = LogDesk(store: store, loop: loop)
        let log = log(maxBytes: 100, desk)
        publish([String(repeating: "x", count: 400)], at: 0, to: log)
        #expect(texts(log, from: 0).count == 1)
        publish([String(repeating: "y", count: 400)], at: 1, to: log)
        #expect(log.news(from: 1).firstOffset == 1)
    }

    @Test func `its memory is given back`() {
        let desk = LogDesk(store: store, loop: loop)
        do {
            let log = log(desk)
            for number in 0..<10 { publish(["some text"], at: number, to: log) }
            let open = store.memory.bytes
            #expect(open == log.cost)
            _ = log.publish(SharedLog.Publication(end: .completed), now: loop.now)
            #expect(store.memory.bytes == log.cost)
            #expect(log.cost < open, "one batch takes less than ten")
        }
        #expect(store.memory.bytes == 0)
    }

    @Test func `a worker is told once until it has looked`() {
        let (desk, other) = (LogDesk(store: store, loop: loop), LogDesk(store: store, loop: loop))
        let log = log(desk)
        #expect(log.join(at: 0, desk.address))
        #expect(log.join(at: 0, other.address))
        #expect(log.join(at: 0, other.address))
        let publication = SharedLog.Publication(hasContent: true)
        #expect(log.publish(publication, now: loop.now).count == 2, "two workers, though three readers")
        #expect(log.publish(publication, now: loop.now).isEmpty)
        log.noticed(by: other.address)
        let told = log.publish(publication, now: loop.now)
        #expect(told.count == 1 && told.first === other.address)
        _ = log.leave(other.address)
        _ = log.leave(other.address)
        log.noticed(by: desk.address)
        #expect(log.publish(publication, now: loop.now).count == 1, "nobody reads at the other any more")
    }

    @Test func `only the last reader of an open log leaves it abandoned`() {
        let desk = LogDesk(store: store, loop: loop)
        let log = log(desk)
        #expect(log.join(at: 0, desk.address))
        #expect(log.join(at: 0, nil))
        #expect(!log.leave(desk.address))
        #expect(!log.closeIfAbandoned(), "somebody holds it")
        #expect(log.leave(nil))
        #expect(log.closeIfAbandoned())
        #expect(!log.join(at: 0, desk.address), "it is closing")
    }

    @Test func `a log is taken over only as a whole, once, with something in it, and for those who read it`() {
        let desk = LogDesk(store: store, loop: loop)
        func made(_ texts: [String], hasContent: Bool = true, isRead: Bool = true) -> SharedLog {
            let log = log(maxBytes: 3000, desk)
            if isRead { #expect(log.join(at: 0, desk.address)) }
            for (offset, text) in texts.enumerated() {
                let batch = LogFixture.batch([text], at: offset)
                _ = log.publish(SharedLog.Publication(batch: batch, hasContent: hasContent), now: loop.now)
            }
            return log
        }
        let whole = made(["a", "b"])
        #expect(whole.takeOver()?.batches.map(\.endOffset) == [1, 2])
        #expect(whole.takeOver() == nil)
        #expect(made(["a"], isRead: false).takeOver() == nil)
        #expect(made(["a"], hasContent: false).takeOver() == nil)
        #expect(made([String](repeating: String(repeating: "x", count: 400), count: 20)).takeOver() == nil)
        let over = made(["a"])
        _ = over.publish(SharedLog.Publication(end: .completed), now: loop.now)
        #expect(over.takeOver() == nil)
    }

    @Test func `a writer that keeps silent for its lease is taken for lost`() {
        let desk = LogDesk(store: store, loop: loop)
        let log = log(desk)
        #expect(log.join(at: 0, desk.address))
        let start = loop.now
        log.renew(now: start)
        #expect(log.endIfLost(now: start.advanced(milliseconds: SharedLog.leaseMilliseconds)).isEmpty)
        #expect(!log.isEnded)
        log.renew(now: start.advanced(milliseconds: 5000))
        let past = SharedLog.leaseMilliseconds + 1
        #expect(log.endIfLost(now: start.advanced(milliseconds: past)).isEmpty, "it was renewed")
        #expect(log.endIfLost(now: start.advanced(milliseconds: past + 5000)).count == 1)
        #expect(log.news(from: 0).end?.word == "writer_lost")
        #expect(log.endIfLost(now: start.advanced(milliseconds: past + 9000)).isEmpty, "once")
    }
}
