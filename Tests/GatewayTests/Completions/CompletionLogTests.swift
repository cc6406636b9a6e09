import Testing

@testable import Gateway
@testable import Upstreams

/// One completion's events on their way from an upstream to a reader.
struct CompletionLogTests {
    private let wakeup = Wakeup()

    private func append(
        _ text: String, to log: CompletionLog, choices: Int = 1, content: Bool = true, finish: Bool = false,
        usage: ChatChunkFacts.Usage? = nil
    ) {
        let facts = ChatChunkFacts(choices: choices, hasFinishReason: finish, hasContent: content, usage: usage)
        ByteBuffer(Array(text.utf8)).withBytes { log.append($0, facts) }
    }

    private func drain(_ log: CompletionLog) -> [String] {
        var events: [String] = []
        let count = log.drain { payload, _ in
            events.append(String(decoding: (0..<payload.byteCount).map { payload.byte(at: $0) }, as: UTF8.self))
        }
        #expect(count == events.count)
        return events
    }

    @Test func `events are handed out in order, each once`() {
        let log = CompletionLog(waking: wakeup, highBytes: 1000)
        append("a", to: log)
        append("", to: log)
        append("日本", to: log)
        #expect(log.hasUnread)
        #expect(drain(log) == ["a", "", "日本"])
        #expect(!log.hasUnread)
        #expect(drain(log).isEmpty)
        append("b", to: log)
        #expect(drain(log) == ["b"])
        #expect(log.eventsAppended == 4)
        #expect(log.bytesAppended == 8)
    }

    @Test func `unread bytes make it full, reading makes room`() {
        let log = CompletionLog(waking: wakeup, highBytes: 10)
        append("123456789", to: log)
        #expect(!log.isFull)
        append("0", to: log)
        #expect(log.isFull)
        _ = drain(log)
        #expect(!log.isFull)
    }

    @Test func `content is what counts, not the first event`() {
        let log = CompletionLog(waking: wakeup, highBytes: 100)
        append("role", to: log, content: false)
        #expect(!log.hasContent)
        append("text", to: log)
        #expect(log.hasContent)
        let refusal = CompletionLog(waking: wakeup, highBytes: 100)
        append("end", to: refusal, content: false, finish: true)
        #expect(refusal.hasContent, "an answer without words is an answer")
    }

    @Test func `an event with usage and no choices is of its own kind`() {
        let usage = ChatChunkFacts.Usage(promptTokens: 1, completionTokens: 2, totalTokens: 3, cachedTokens: 0)
        let log = CompletionLog(waking: wakeup, highBytes: 100)
        append("both", to: log, usage: usage)
        append("usage", to: log, choices: 0, content: false, usage: usage)
        append("nothing", to: log, choices: 0, content: false)
        var kinds: [LogEventKind] = []
        _ = log.drain { kinds.append($1) }
        #expect(kinds == [.ordinary, .usageOnly, .ordinary])
        #expect(log.usage == usage)
    }

    @Test func `the end is kept with its cause, after the events`() {
        let log = CompletionLog(waking: wakeup, highBytes: 100)
        append("a", to: log)
        log.end(UpstreamError(.truncated, "cut"))
        guard case .failed(let error) = log.end else {
            Issue.record("not failed")
            return
        }
        #expect(error.cause == .truncated)
        #expect(drain(log) == ["a"], "what came before the end can still be read")
        let complete = CompletionLog(waking: wakeup, highBytes: 100)
        complete.end(nil)
        guard case .completed = complete.end else {
            Issue.record("not completed")
            return
        }
    }

    @Test func `the reader is woken by the head, each event and the end`() {
        let loop = EventLoop()
        let log = CompletionLog(waking: wakeup, highBytes: 100)
        var wakes = 0
        loop.start { [wakeup] in
            while log.end == nil {
                await wakeup.wait()
                wakes += 1
            }
        }
        log.begin(AnswerHead(status: 200, lines: []))
        #expect(loop.turn { wakes == 1 })
        append("a", to: log)
        #expect(loop.turn { wakes == 2 })
        log.end(nil)
        #expect(loop.turn { wakes == 3 })
        #expect(log.head?.status == 200)
    }
}
