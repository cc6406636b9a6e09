import Testing
import Upstreams

@testable import Gateway

/// Finding, keeping and giving up logs by what was asked.
struct LogStoreTests {
    private let loop = EventLoop()

    /// A word for what was found.
    private func word(_ opening: LogStore.Opening) -> String {
        switch opening {
        case .finished: "finished"
        case .live: "live"
        case .new: "new"
        case .none: "none"
        }
    }

    private func open(_ desk: LogDesk, _ question: LogStore.Question) -> String { word(desk.open(question)) }

    /// Asks for the first time, and has the answer written.
    private func answer(_ desk: LogDesk, _ question: LogStore.Question, _ text: String, _ error: UpstreamError? = nil) {
        guard case .new(let log) = desk.open(question) else {
            Issue.record("not new")
            return
        }
        let writer = desk.write(log)
        let cursor = desk.attach(log, waking: Wakeup())
        writer.append(text)
        writer.end(error)
        #expect(loop.turn { cursor.end != nil })
        cursor.close()
    }

    @Test func `the first who asks writes, the others read along, later ones find the whole`() {
        let desk = LogDesk(store: LogStore(maxBytes: 1 << 20), loop: loop)
        guard case .new(let log) = desk.open(LogFixture.question("k")) else {
            Issue.record("not new")
            return
        }
        let writer = desk.write(log)
        #expect(open(desk, LogFixture.question("k")) == "live")
        #expect(open(desk, LogFixture.question("k", joinsLive: false)) == "none", "it goes alone, and is not kept")
        #expect(open(desk, LogFixture.question("other")) == "new")
        writer.append("text")
        writer.end(nil)
        #expect(loop.turn { writer.end != nil && log.isEnded })
        #expect(open(desk, LogFixture.question("k")) == "finished")
        #expect(open(desk, LogFixture.question("k", joinsLive: false)) == "finished")
    }

    @Test func `a new answer takes the place of one that is too old or not wanted`() {
        let desk = LogDesk(store: LogStore(maxBytes: 1 << 20), loop: loop)
        answer(desk, LogFixture.question("k"), "old")
        answer(desk, LogFixture.question("k", maxAge: -1), "new")
        guard case .finished(let log, _) = desk.open(LogFixture.question("k")) else {
            Issue.record("not kept")
            return
        }
        #expect(desk.attach(log, waking: Wakeup()).texts() == ["new"])
        #expect(desk.store.figures.logs == 1)
    }

    @Test func `who wants a kept answer only makes no log`() {
        let desk = LogDesk(store: LogStore(maxBytes: 1 << 20), loop: loop)
        #expect(open(desk, LogFixture.question("k", makesNew: false)) == "none")
        #expect(desk.store.figures.logs == 0)
        answer(desk, LogFixture.question("k"), "text")
        #expect(open(desk, LogFixture.question("k", makesNew: false)) == "finished")
    }

    @Test func `answers that failed, are too large or may not be kept are not found`() {
        let desk = LogDesk(store: LogStore(maxBytes: 1 << 20), loop: loop)
        answer(desk, LogFixture.question("failed"), "half", UpstreamError(.truncated, "cut"))
        answer(desk, LogFixture.question("large", maxBytes: 200), String(repeating: "x", count: 300))
        let fleeting = LogStore.Question(terms: LogFixture.terms("fleeting", timeToLive: 0), joinsLive: true, maxAge: 0)
        answer(desk, fleeting, "text")
        #expect(desk.store.figures.logs == 0)
        #expect(desk.store.memory.bytes == 0)
        for key in ["failed", "large", "fleeting"] { #expect(open(desk, LogFixture.question(key)) == "new") }
    }

    @Test func `what was used longest ago goes first, over all shards`() {
        let size = 1000
        let desk = LogDesk(store: LogStore(maxBytes: 20 * (size + 200)), loop: loop)
        let text = String(repeating: "x", count: size)
        for number in 0..<20 { answer(desk, LogFixture.question("\(number)"), text) }
        #expect(desk.store.figures.evictions == 0)
        // The first five are used again; of the others the oldest have to go.
        for number in 0..<5 { #expect(open(desk, LogFixture.question("\(number)", makesNew: false)) == "finished") }
        for number in 20..<30 { answer(desk, LogFixture.question("\(number)"), text) }
        let kept = (0..<30).filter { open(desk, LogFixture.question("\($0)", makesNew: false)) == "finished" }
        let evicted = 30 - kept.count
        #expect(evicted >= 5 && desk.store.figures.evictions == evicted)
        #expect(kept == Array(0..<5) + Array((5 + evicted)..<30))
        #expect(desk.store.memory.bytes <= 20 * (size + 200))
    }

    @Test func `logs that are being written stay, and while they fill the store nothing new is kept`() {
        let desk = LogDesk(store: LogStore(maxBytes: 2000), loop: loop)
        guard case .new(let log) = desk.open(LogFixture.question("big")) else {
            Issue.record("not new")
            return
        }
        let writer = desk.write(log)
        writer.append(String(repeating: "x", count: 3000))
        loop.turn(for: 1)
        #expect(!desk.store.hasRoom)
        #expect(open(desk, LogFixture.question("other")) == "none")
        #expect(open(desk, LogFixture.question("big")) == "live")
        writer.end(nil)
        loop.turn(for: 1)
        #expect(open(desk, LogFixture.question("big", makesNew: false)) == "none", "once ended it may go")
        #expect(desk.store.figures.evictions == 1)
    }

    @Test func `a smaller bound takes effect`() {
        let desk = LogDesk(store: LogStore(maxBytes: 1 << 20), loop: loop)
        for number in 0..<10 { answer(desk, LogFixture.question("\(number)"), String(repeating: "x", count: 500)) }
        desk.store.resize(2000)
        #expect(open(desk, LogFixture.question("none", makesNew: false)) == "none")
        #expect(desk.store.memory.bytes <= 2000 && desk.store.figures.logs > 0)
    }

    @Test func `logs are purged by what they are, and their readers read on`() {
        let desk = LogDesk(store: LogStore(maxBytes: 1 << 20), loop: loop)
        answer(desk, LogFixture.question("a"), "text a")
        answer(desk, LogFixture.question("b"), "text b")
        guard case .finished(let log, _) = desk.open(LogFixture.question("a")) else {
            Issue.record("not kept")
            return
        }
        let cursor = desk.attach(log, waking: Wakeup())
        let key = LogFixture.terms("a").key
        #expect(desk.store.purge { $0.key == key } == 1)
        #expect(desk.store.purge { $0.model == "another" } == 0)
        #expect(open(desk, LogFixture.question("a", makesNew: false)) == "none")
        #expect(open(desk, LogFixture.question("b", makesNew: false)) == "finished")
        #expect(cursor.texts() == ["text a"])
        #expect(desk.store.purge { _ in true } == 1)
    }

    @Test func `of many threads that ask at once one gets to write`() {
        let store = LogStore(maxBytes: 1 << 24)
        let news = TestCount()
        TestThreads.run(4) { _ in
            let desk = LogDesk(store: store, loop: EventLoop())
            for key in 0..<500 {
                if case .new = desk.open(LogFixture.question("\(key)")) { news.add(1) }
            }
        }
        #expect(news.value == 500)
    }
}
