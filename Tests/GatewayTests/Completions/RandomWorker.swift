import Testing
import Upstreams

@testable import Gateway

/// A worker with a loop of its own that writes or reads numbered events of logs which it shares with other threads.
final class RandomWorker {
    private let loop = EventLoop()
    private let desk: LogDesk
    private var random: GuardRandom
    private let written: TestCount
    private let read: TestCount
    private var writers: [(writer: CompletionLog, left: Int)] = []
    private var readers: [(cursor: LogCursor, next: Int)] = []

    init(_ store: LogStore, seed: UInt64, _ written: TestCount, _ read: TestCount) {
        desk = LogDesk(store: store, loop: loop)
        random = GuardRandom(seed: seed)
        self.written = written
        self.read = read
    }

    func ask(_ key: Int) {
        switch desk.open(LogFixture.question("\(key)"), whenAbandoned: .finish) {
        case .new(let log):
            written.add(1)
            let writer = CompletionLog(publishing: log, at: desk)
            desk.host(log) { writer.stop($0) }
            writers.append((writer, 50 + random.below(200)))
            readers.append((desk.attach(log, waking: Wakeup()), 0))
        case .live(let log), .finished(let log, _):
            readers.append((desk.attach(log, waking: Wakeup()), 0))
        case .none:
            Issue.record("no log")
        }
        step()
        loop.turnOnce()
    }

    func finish() {
        #expect(
            loop.turn {
                step()
                return writers.isEmpty && readers.isEmpty
            }, "a reader waits for ever")
    }

    /// Writes a few events, reads what there is.
    private func step() {
        for place in writers.indices {
            for _ in 0..<min(random.below(6), writers[place].left) {
                writers[place].writer.append("\(writers[place].writer.eventsAppended)")
                writers[place].left -= 1
            }
            if writers[place].left == 0 { writers[place].writer.end(nil) }
        }
        writers.removeAll { $0.left == 0 }
        for place in readers.indices {
            for text in readers[place].cursor.texts() {
                #expect(text == "\(readers[place].next)", "a gap or a repeat")
                readers[place].next += 1
            }
        }
        let over = readers.filter { $0.cursor.end != nil && !$0.cursor.hasUnread }
        for reader in over {
            #expect(reader.cursor.end?.isCompleted == true && reader.next >= 50)
            reader.cursor.close()
            read.add(1)
        }
        readers.removeAll { reader in over.contains { $0.cursor === reader.cursor } }
    }
}
