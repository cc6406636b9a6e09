import Policies
import Testing
import Upstreams

@testable import Gateway

/// Logs that replicas share, in a real Redis.
@Suite("Replicas: logs")
struct ReplicaDeskTests {
    private let server: RedisServer
    private let fixture: ReplicaFixture
    /// For looking at what is in the server, and for harming it.
    private let link: GatewayTests.RedisLink

    init() throws {
        server = try RedisServer()
        fixture = ReplicaFixture(server)
        link = RedisLink(server)
        try #require(link.becomesReady())
    }

    private var loop: EventLoop { fixture.loop }

    private func keys(_ pattern: String) -> [String] {
        (try? link.call("KEYS", pattern).get().elements.compactMap(\.string)) ?? []
    }

    /// The one stream of events there is.
    private func stream() throws -> String { try #require(keys("test:log:*").first) }

    private func records() -> Int {
        keys("test:log:*").first.flatMap { try? link.call("XLEN", key: $0).get().integer } ?? 0
    }

    // MARK: Sharing

    @Test func `a log is read at another replica as it is written, and found there when it has ended`() throws {
        let (one, other) = (fixture.replica(), fixture.replica())
        let (_, writer) = try one.begin("k")
        writer.append("a")
        let cursor = try other.read("k")
        #expect(loop.turn { cursor.hasUnread })
        #expect(cursor.texts() == ["a"] && cursor.hasContent && cursor.end == nil)
        let usage = ChatChunkFacts.Usage(promptTokens: 3, completionTokens: 2, totalTokens: 5, cachedTokens: 1)
        writer.append("日本")
        let facts = ChatChunkFacts(choices: 0, hasFinishReason: false, hasContent: false, usage: usage)
        ByteBuffer(Array("usage".utf8)).withBytes { writer.append($0, facts) }
        var progress = ChatChunkFacts(choices: 0, hasFinishReason: false, hasContent: false, usage: nil)
        progress.isProgress = true
        ByteBuffer(Array("step".utf8)).withBytes { writer.append($0, progress) }
        writer.end(nil)
        #expect(loop.turn { cursor.end != nil })
        var kinds: [LogEventKind] = []
        var texts: [String] = []
        _ = cursor.drain { payload, kind in
            kinds.append(kind)
            texts.append(payload.text)
        }
        #expect(texts == ["日本", "usage", "step"] && kinds == [.ordinary, .usageOnly, .progress])
        #expect(cursor.usage == usage && cursor.end?.isCompleted == true)
        guard case .finished(let log, _) = fixture.replica().open("k") else {
            Issue.record("not kept")
            return
        }
        #expect(loop.turn { log.isEnded } && log.isWhole && log.endOffset == 4)
        guard case .finished(let near, _) = one.open("k") else {
            Issue.record("not kept where it was written")
            return
        }
        #expect(near.endOffset == 4)
    }

    @Test func `one turn of the loop is one record`() throws {
        let (_, writer) = try fixture.replica().begin("k")
        for text in ["a", "b", "c"] { writer.append(text) }
        #expect(loop.turn { records() == 1 })
        writer.append("d")
        #expect(loop.turn { records() == 2 })
        writer.end(nil)
        #expect(loop.turn { records() == 3 })
        #expect(link.call("PTTL", key: try stream()).success?.integer ?? 0 > 50_000)
        #expect(keys("test:lease:*").isEmpty)
    }

    @Test func `a failure is told with what the provider said, and is not kept`() throws {
        let (one, other) = (fixture.replica(), fixture.replica())
        let (_, writer) = try one.begin("k")
        let cursor = try other.read("k")
        let head = AnswerHead(status: 429, lines: Array("retry-after: 7\r\n".utf8))
        writer.end(UpstreamError(.status, "busy", answer: UpstreamError.Answer(head: head, body: [0, 255, 10])))
        #expect(loop.turn { cursor.end != nil })
        guard case .failed(let error)? = cursor.end else {
            Issue.record("not failed")
            return
        }
        #expect(error.cause == .status && error.message == "busy" && error.retryAfter == 7000)
        #expect(error.answer?.head.status == 429 && error.answer?.body == [0, 255, 10])
        guard case .new = other.open("k") else {
            Issue.record("a failure was kept")
            return
        }
    }

    @Test func `who asks at once at two replicas is told of one log`() throws {
        let replicas = (0..<4).map { _ in fixture.replica() }
        let claims = replicas.map { $0.replicas.claim(LogFixture.question("k"), isStream: true, waking: Wakeup()) }
        #expect(loop.turn { claims.allSatisfy { $0.answer != nil } })
        let new = claims.filter { if case .new? = $0.answer { true } else { false } }
        #expect(new.count == 1)
        for claim in claims {
            if case .live(let address, _)? = claim.answer { #expect(address.id == new[0].address.id) }
        }
    }

    @Test func `who leaves before the claim is answered gives it back`() throws {
        let replica = fixture.replica()
        let claim = replica.replicas.claim(LogFixture.question("k"), isStream: true, waking: Wakeup())
        claim.abandon()
        #expect(loop.turn { claim.answer != nil && keys("test:key:*").isEmpty })
        guard case .new = replica.open("k") else {
            Issue.record("not given back")
            return
        }
    }

    @Test func `without Redis everybody decides alone, at once`() {
        let lonely = ReplicaFixture(RedisSettings(address: .unix(path: "/nonexistent/redis.sock")))
        let replica = lonely.replica()
        let first = replica.replicas.claim(LogFixture.question("k"), isStream: true, waking: Wakeup())
        #expect(lonely.loop.turn { first.answer != nil })
        let second = replica.replicas.claim(LogFixture.question("k"), isStream: true, waking: Wakeup())
        guard case .unavailable? = second.answer else {
            Issue.record("\(String(describing: second.answer))")
            return
        }
        #expect(replica.health.unsharedCompletions == 2)
    }

    // MARK: What is lost

    @Test func `a log that lacks a record is never told as whole`() throws {
        let (one, other) = (fixture.replica(), fixture.replica())
        let (_, writer) = try one.begin("k")
        writer.append("a")
        #expect(loop.turn { records() == 1 })
        let cursor = try other.read("k")
        #expect(loop.turn { cursor.hasUnread })
        #expect(link.call("XDEL", key: try stream(), "1-0") == .success(.integer(1)))
        writer.append("b")
        writer.end(nil)
        #expect(loop.turn { cursor.end != nil })
        #expect(cursor.end?.word == "writer_lost" && cursor.texts() == ["a", "b"])
        guard case .new = fixture.replica().open("k") else {
            Issue.record("it was kept")
            return
        }
    }

    @Test func `who finds a gap reads no further and gives the question up`() throws {
        let (one, other) = (fixture.replica(), fixture.replica())
        let (_, writer) = try one.begin("k")
        writer.append("a")
        #expect(loop.turn { records() == 1 })
        #expect(link.call("XDEL", key: try stream(), "1-0") == .success(.integer(1)))
        writer.append("b")
        #expect(loop.turn { records() == 1 })
        let cursor = try other.read("k")
        #expect(loop.turn { cursor.end != nil })
        #expect(cursor.end?.word == "writer_lost" && cursor.texts().isEmpty)
        #expect(loop.turn { keys("test:key:*").isEmpty })
        writer.end(nil)
        loop.turn(for: 1)
    }

    @Test func `a writer whose lease has ended has the last word taken from it`() throws {
        let (one, other) = (fixture.replica(), fixture.replica())
        let (log, writer) = try one.begin("k")
        writer.append("a")
        let cursor = try other.read("k")
        #expect(loop.turn { cursor.hasUnread })
        #expect(link.call("DEL", key: try #require(keys("test:lease:*").first)) == .success(.integer(1)))
        #expect(loop.turn { cursor.end != nil })
        #expect(cursor.end?.word == "writer_lost" && cursor.texts() == ["a"])
        writer.append("b")
        #expect(loop.turn { one.health.unsharedCompletions == 1 })
        writer.end(nil)
        #expect(loop.turn { log.isEnded })
        #expect(log.ending(now: loop.now)?.end.isCompleted == true, "here it is whole")
        guard case .new = fixture.replica().open("k") else {
            Issue.record("it was kept")
            return
        }
        #expect(records() == 2, "one record and one end")
    }

    @Test func `a log that forgot its beginning is read on by those who had begun`() throws {
        let (one, other) = (fixture.replica(), fixture.replica())
        let (log, writer) = try one.begin("k", maxBytes: 2000)
        let cursor = try other.read("k")
        var read = 0
        for number in 0..<30 {
            writer.append("\(number) " + String(repeating: "x", count: 200))
            #expect(loop.turn { cursor.hasUnread })
            read += cursor.texts().count
        }
        #expect(read == 30 && log.firstOffset > 0)
        #expect(records() < 10, "it is forgotten in the store, too")
        #expect(keys("test:key:*").isEmpty, "nobody may begin to read it")
        writer.end(nil)
        #expect(loop.turn { cursor.end?.isCompleted == true })
    }

    @Test func `the writer goes on as long as another replica reads`() throws {
        let (one, other) = (fixture.replica(), fixture.replica())
        let (log, writer) = try one.begin("k")
        let near = one.desk.attach(log, waking: Wakeup())
        let far = try other.read("k")
        #expect(loop.turn { !keys("test:readers:*").isEmpty })
        near.close()
        writer.append("a")
        #expect(loop.turn { far.hasUnread })
        loop.turn(for: 300)
        #expect(writer.end == nil)
        far.close()
        #expect(loop.turn { writer.end?.word == "abandoned" })
    }

    // MARK: Tickets

    @Test func `a ticket is the same at another replica`() throws {
        let (one, other) = (fixture.replica(), fixture.replica())
        let (log, writer) = try one.begin("k")
        let identity = Identity(keyID: "id", user: "é", team: nil, tags: ["a", "b"], models: [])
        let facts = RequestFacts(
            dialect: "openai", path: "/p", model: "m", identity: identity, address: "::1", isStream: true,
            headers: ["x-a": "b\"c"], bodyUserID: "7")
        let form = AnswerForm(isStream: true, wantsUsage: true)
        let table = ResumeDesk(table: one.tickets, logs: one.desk)
        let ticket = try #require(table.issue(log, facts, form, grace: 60_000))
        let query = other.replicas.find(ticket.id, waking: Wakeup())
        #expect(loop.turn { !query.isPending })
        let record = try #require(query.record)
        #expect(record.address == LogAddress(log.id, tag: LogFixture.terms("k").key.hexadecimal))
        #expect(record.form.wantsUsage && record.facts.headers == ["x-a": "b\"c"])
        #expect(record.facts.identity.owns(streamsOf: identity) && record.facts.identity.tags == ["a", "b"])
        #expect(record.facts.bodyUserID == "7" && record.facts.bodyUser == nil && record.facts.model == "m")
        let unknown = other.replicas.find(LogID.random(), waking: Wakeup())
        #expect(loop.turn { !unknown.isPending })
        #expect(unknown.record == nil)
        writer.end(nil)
        loop.turn(for: 1)
    }
}

extension Result {
    fileprivate var success: Success? { try? get() }
}
