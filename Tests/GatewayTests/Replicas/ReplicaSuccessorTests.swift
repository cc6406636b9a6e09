import Testing
import Upstreams

@testable import Gateway

/// Who goes on with a log that another replica began, when that one cannot.
@Suite("Replicas: successors")
struct ReplicaSuccessorTests {
    private let server: RedisServer
    private let fixture: ReplicaFixture

    init() throws {
        server = try RedisServer()
        fixture = ReplicaFixture(server)
    }

    private var loop: EventLoop { fixture.loop }

    /// Goes on with every log that may be taken over, and adds nothing to it by itself.
    private final class Heir {
        let desk: LogDesk
        var writer: CompletionLog?
        var asked = 0

        init(_ replica: ReplicaFixture.Replica) { desk = replica.desk }

        func takeOver(_ log: SharedLog) -> Bool {
            asked += 1
            guard let told = log.takeOver() else { return false }
            let writer = CompletionLog(continuing: log, after: told, at: desk)
            desk.host(log) { writer.stop($0) }
            self.writer = writer
            return true
        }
    }

    /// A log with the event `a` that one replica writes and another reads.
    private func follow(_ heir: (ReplicaFixture.Replica) -> Heir) throws -> (CompletionLog, LogCursor, Heir) {
        let (one, other) = (fixture.replica(), fixture.replica())
        let (_, writer) = try one.begin("k")
        writer.append("a")
        let successor = heir(other)
        let cursor = try other.read("k") { successor.takeOver($0) }
        #expect(loop.turn { cursor.hasUnread })
        return (writer, cursor, successor)
    }

    @Test func `a log whose writer is gone is written on where it stopped`() throws {
        let (writer, cursor, heir) = try follow(Heir.init)
        writer.append("b")
        writer.stop(.abandoned)
        #expect(loop.turn { heir.writer != nil })
        #expect(cursor.texts() == ["a", "b"] && cursor.end == nil)
        heir.writer?.append("c")
        heir.writer?.end(nil)
        #expect(loop.turn { cursor.end != nil })
        #expect(cursor.texts() == ["c"] && cursor.end?.isCompleted == true && cursor.hasContent)
        #expect(heir.asked == 1)
    }

    @Test func `a log is written on when the store is gone for longer than a lease`() throws {
        let (writer, cursor, heir) = try follow(Heir.init)
        server.kill()
        #expect(loop.turn { heir.writer != nil })
        #expect(cursor.texts() == ["a"] && cursor.end == nil)
        heir.writer?.end(nil)
        #expect(loop.turn { cursor.end?.isCompleted == true })
        writer.end(nil)
        loop.turn(for: 1)
    }

    @Test func `a log that ends well, or with an error, needs no successor`() throws {
        for error in [UpstreamError(.truncated, "cut"), nil] {
            let (writer, cursor, heir) = try follow(Heir.init)
            writer.end(error)
            #expect(loop.turn { cursor.end != nil })
            #expect(heir.asked == 0)
            cursor.close()
        }
    }

    @Test func `what is written on is found by nobody, and the next one begins anew`() throws {
        let (writer, cursor, heir) = try follow(Heir.init)
        writer.stop(.abandoned)
        #expect(loop.turn { heir.writer != nil })
        #expect(!cursor.log.join(at: 0, heir.desk.address) && !cursor.log.join(at: 0, nil))
        heir.writer?.append("b")
        heir.writer?.end(nil)
        #expect(loop.turn { cursor.end != nil })
        guard case .new = fixture.replica().open("k") else {
            Issue.record("it was found")
            return
        }
    }

    @Test func `a log that a client may come back to ends as it is`() throws {
        let (writer, cursor, heir) = try follow(Heir.init)
        #expect(cursor.log.join(at: 0, nil), "as a ticket does")
        writer.stop(.abandoned)
        #expect(loop.turn { cursor.end != nil })
        #expect(cursor.end?.word == "abandoned" && cursor.texts() == ["a"])
        #expect(heir.asked == 1 && heir.writer == nil)
    }

    @Test func `nobody goes on with a log that nobody reads`() throws {
        let (writer, cursor, heir) = try follow(Heir.init)
        cursor.close()
        #expect(loop.turn { cursor.log.isEnded })
        #expect(heir.writer == nil)
        writer.stop(.abandoned)
        loop.turn(for: 1)
    }

    @Test func `whoever goes on stops when its last reader leaves, or the process ends`() throws {
        for leaves in [true, false] {
            let (writer, cursor, heir) = try follow(Heir.init)
            writer.stop(.abandoned)
            #expect(loop.turn { heir.writer != nil })
            if leaves { cursor.close() } else { heir.desk.cancelAll() }
            #expect(loop.turn { heir.writer?.end?.word == (leaves ? "abandoned" : "shutting_down") })
            cursor.close()
        }
    }

    @Test func `a process that ends looks for no successor`() throws {
        let (writer, cursor, heir) = try follow(Heir.init)
        heir.desk.cancelAll()
        #expect(loop.turn { cursor.end?.word == "shutting_down" })
        #expect(heir.asked == 0)
        writer.end(nil)
        loop.turn(for: 1)
    }
}
