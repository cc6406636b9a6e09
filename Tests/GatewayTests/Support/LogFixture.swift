import Upstreams

@testable import Gateway

/// Kept logs for tests: a store, and desks that stand for workers.
enum LogFixture {
    static func terms(
        _ key: String, model: String = "m", timeToLive: Int = 60_000, maxBytes: Int = 1 << 20
    ) -> CacheTerms {
        CacheTerms(key: SHA256.hash(Array(key.utf8)), model: model, timeToLive: timeToLive, maxBytes: maxBytes)
    }

    static func question(
        _ key: String, joinsLive: Bool = true, maxAge: Int = 60_000, makesNew: Bool = true, maxBytes: Int = 1 << 20
    ) -> LogStore.Question {
        LogStore.Question(
            terms: terms(key, maxBytes: maxBytes), joinsLive: joinsLive, maxAge: maxAge, makesNew: makesNew)
    }

    static func batch(_ texts: [String], at offset: Int) -> EventBatch {
        var end = 0
        let entries = texts.map { text in
            end += text.utf8.count
            return EventBatch.Entry(end: end, kind: .ordinary)
        }
        return EventBatch(firstOffset: offset, entries: entries, payloads: texts.flatMap { Array($0.utf8) })
    }
}

extension LogDesk {
    func open(_ question: LogStore.Question, whenAbandoned: SharedLog.WhenAbandoned = .cancel) -> LogStore.Opening {
        store.open(question, desk: address, now: loop.now) {
            makeLog(isStream: true, whenAbandoned: whenAbandoned, terms: question.terms, maxBytes: 1 << 20)
        }
    }

    /// A log that nobody else finds, joined already, and its writer.
    func begin(
        maxBytes: Int = 1 << 20, whenAbandoned: SharedLog.WhenAbandoned = .cancel
    ) -> (log: SharedLog, writer: CompletionLog) {
        let log = makeLog(isStream: true, whenAbandoned: whenAbandoned, terms: nil, maxBytes: maxBytes)
        precondition(log.join(at: 0, address))
        return (log, write(log))
    }

    /// A writer for a log, which ends it when it is cancelled.
    func write(_ log: SharedLog) -> CompletionLog {
        let writer = CompletionLog(publishing: log, at: self)
        host(log) { [unowned writer] in writer.stop($0) }
        return writer
    }
}

extension CompletionLog {
    /// Appends an event with content.
    func append(_ text: String) {
        let facts = ChatChunkFacts(choices: 1, hasFinishReason: false, hasContent: true, usage: nil)
        ByteBuffer(Array(text.utf8)).withBytes { append($0, facts) }
    }

    /// As a dispatch does it that is cancelled: one whose end is on its way to the readers stays as it is.
    func stop(_ cause: CompletionEnd.Cause) {
        if end == nil { finish(.cancelled(cause)) }
    }
}

extension LogReader {
    /// All events that wait, as texts.
    func texts() -> [String] {
        var events: [String] = []
        let count = drain { events.append($0.text) }
        precondition(count == events.count, "another number of events than was told")
        return events
    }

    private func drain(_ body: (RawSpan) -> Void) -> Int { drain { payload, _ in body(payload) } }
}

extension RawSpan {
    var text: String { unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
}

extension CompletionEnd {
    /// A word for the terminal record.
    var word: String {
        switch self {
        case .completed: "completed"
        case .failed(let error): error.cause.rawValue
        case .cancelled(let cause): cause.rawValue
        }
    }
}
