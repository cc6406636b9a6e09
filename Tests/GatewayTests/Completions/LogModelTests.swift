import Testing
import Upstreams

@testable import Gateway

/// Writers and readers that come, go, stall and fail at random, on one thread and on several.
struct LogModelTests {
    /// What a log has to hold, beside the log.
    private final class Model {
        let log: SharedLog
        let key: Int
        var writer: CompletionLog?
        var events: [String] = []

        init(_ log: SharedLog, key: Int) {
            self.log = log
            self.key = key
        }
    }

    private final class Reader {
        let cursor: LogCursor
        let model: Model
        var read: [String] = []
        var isStalled: Bool

        init(_ cursor: LogCursor, _ model: Model, isStalled: Bool) {
            self.cursor = cursor
            self.model = model
            self.isStalled = isStalled
        }

        func look() {
            guard !isStalled, !cursor.isOverrun else { return }
            read += cursor.texts()
            #expect(read == Array(model.events.prefix(read.count)), "a gap or a repeat")
        }
    }

    private final class World {
        let loop = EventLoop()
        let store = LogStore(maxBytes: 60_000)
        let desks: [LogDesk]
        var random: GuardRandom
        var models: [LogID: Model] = [:]
        var readers: [Reader] = []

        init(seed: UInt64) {
            random = GuardRandom(seed: seed)
            desks = [store, store, store].map { [loop] in LogDesk(store: $0, loop: loop) }
        }

        func ask() {
            let (key, desk) = (random.below(4), desks[random.below(3)])
            var question = LogFixture.question("\(key)", maxAge: random.below(3) == 0 ? -1 : 60_000)
            question.joinsLive = random.below(8) != 0
            let makesLittle = random.below(3) == 0
            let opening = store.open(question, desk: desk.address, now: loop.now) {
                desk.makeLog(
                    isStream: true, whenAbandoned: random.below(2) == 0 ? .cancel : .finish, terms: question.terms,
                    maxBytes: makesLittle ? 2000 : 20_000)
            }
            switch opening {
            case .new(let log):
                let others = models.values.filter { $0.key == key && $0.writer?.end == nil && isFound($0) }
                #expect(others.isEmpty, "two writers")
                let model = Model(log, key: key)
                models[log.id] = model
                let writer = CompletionLog(publishing: log, at: desk)
                model.writer = writer
                desk.host(log) { writer.stop($0) }
                attach(desk, model)
            case .live(let log), .finished(let log, _):
                guard let model = models[log.id] else {
                    Issue.record("an unknown log")
                    return
                }
                attach(desk, model)
            case .none: break
            }
        }

        /// Whether the store would still hand the log out.
        private func isFound(_ model: Model) -> Bool {
            guard model.log.join(at: 0, nil) else { return false }
            _ = model.log.leave(nil)
            return !model.log.isEnded
        }

        private func attach(_ desk: LogDesk, _ model: Model) {
            readers.append(Reader(desk.attach(model.log, waking: Wakeup()), model, isStalled: random.below(5) == 0))
        }

        func write() {
            let open = models.values.filter { $0.writer?.end == nil }.sorted { $0.key < $1.key }
            guard !open.isEmpty else { return }
            let model = open[random.below(open.count)]
            for _ in 0..<random.below(4) {
                let text = "\(model.events.count) " + String(repeating: "x", count: random.below(300))
                model.writer?.append(text)
                model.events.append(text)
            }
            switch random.below(12) {
            case 0: model.writer?.end(nil)
            case 1: model.writer?.end(UpstreamError(.truncated, "cut"))
            default: break
            }
        }

        func leave() {
            guard !readers.isEmpty else { return }
            readers.remove(at: random.below(readers.count)).cursor.close()
        }

        func step() {
            switch random.below(10) {
            case 0...2: ask()
            case 3...6: write()
            case 7: leave()
            case 8: readers.forEach { $0.isStalled = $0.isStalled && random.below(4) != 0 }
            default: loop.turnOnce()
            }
            for reader in readers { reader.look() }
            for model in models.values where !model.log.isEnded { #expect(model.log.cost <= 20_000) }
        }

        /// All writers end; then nobody waits.
        func settle() {
            for model in models.values where model.writer?.end == nil { model.writer?.end(nil) }
            #expect(loop.turn { readers.allSatisfy { $0.cursor.end != nil } }, "a reader waits for ever")
            for reader in readers {
                reader.isStalled = false
                reader.look()
                #expect(reader.cursor.isOverrun || reader.read == reader.model.events)
            }
            #expect(models.values.allSatisfy { $0.log.isEnded }, "no terminal record")
            readers.forEach { $0.cursor.close() }
            readers = []
            models = [:]
            _ = desks[0].open(LogFixture.question("last", makesNew: false))
            #expect(store.memory.bytes <= 60_000)
            _ = store.purge { _ in true }
            #expect(store.memory.bytes == 0)
        }
    }

    @Test(arguments: 1...40) func `no gap, no repeat, no reader waits for ever, one writer per key`(seed: UInt64) {
        let world = World(seed: seed)
        for _ in 0..<400 { world.step() }
        world.settle()
    }

    @Test(arguments: 1...4) func `readers on other threads read every log to its end`(seed: UInt64) {
        let store = LogStore(maxBytes: 1 << 26)
        let (written, read) = (TestCount(), TestCount())
        TestThreads.run(4) { index in
            let worker = RandomWorker(store, seed: seed * 10 + UInt64(index), written, read)
            for key in 0..<30 { worker.ask(key) }
            worker.finish()
        }
        #expect(written.value == 30, "one writer per key")
        #expect(read.value == 4 * 30)
        #expect(store.figures.logs == 30)
    }
}
