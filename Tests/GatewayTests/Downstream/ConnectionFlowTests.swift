import Glibc
import Testing
import Upstreams

@testable import Gateway

/// Slow clients, silent streams, and the ends of connections.
struct ConnectionFlowTests {
    typealias Fixture = ConnectionFixture

    /// A stream that has begun, to a client that reads nothing.
    private func stream(_ bounds: String, tcp: Bool = false) throws -> (Fixture, FakeHandler) {
        let fixture = try Fixture(bounds, tcp: tcp)
        fixture.client.send(Fixture.get("/"))
        #expect(fixture.loop.turn { fixture.service.handlers.count == 1 })
        let handler = try #require(fixture.service.handlers.first)
        handler.response.beginStream(.ok) { _ in }
        return (fixture, handler)
    }

    private static let event = ByteBuffer.text { $0.append([UInt8](repeating: UInt8(ascii: "x"), count: 10_000)) }

    private func send(_ text: String, _ handler: FakeHandler) {
        ByteBuffer(Array(text.utf8)).withBytes { bytes in handler.response.events { $0.event(bytes) } }
    }

    // MARK: Back-pressure

    @Test func `a client that does not read makes the writer full, and ready when it reads again`() throws {
        let (fixture, handler) = try stream(#""output_high_bytes": 100000, "output_low_bytes": 20000"#)
        var sent = 0
        for _ in 0..<1000 where !handler.response.isFull {
            send(Self.event, handler)
            fixture.loop.turn(for: 1)
            sent += 1
        }
        #expect(handler.response.isFull)
        #expect(handler.readies == 0)
        let turns = fixture.loop.turns
        fixture.loop.turn(for: 50)
        #expect(fixture.loop.turns - turns <= 4, "waiting for the client costs no turns")
        #expect(fixture.turn { handler.readies == 1 })
        #expect(!handler.response.isFull)
        handler.response.endStream()
        #expect(fixture.turn { fixture.text.hasSuffix("0\r\n\r\n") })
        #expect(fixture.received.count { $0 == UInt8(ascii: "x") } == sent * 10_000)
        #expect(handler.readies == 1, "told once")
    }

    @Test func `a client that takes nothing for the stall timeout is left`() throws {
        let (fixture, handler) = try stream(#""write_stall_timeout_ms": 60, "output_high_bytes": 50000000"#)
        for _ in 0..<200 { send(Self.event, handler) }
        let start = fixture.loop.now
        #expect(fixture.loop.turn { handler.hasLeft })
        #expect(fixture.loop.now.seconds(since: start) >= 0.055)
        #expect(handler.response.isClosed)
        #expect(fixture.server.connectionCount == 0)
    }

    @Test func `a client that takes a little now and then is not left`() throws {
        let (fixture, handler) = try stream(#""write_stall_timeout_ms": 1000, "output_high_bytes": 50000000"#)
        for _ in 0..<200 { send(Self.event, handler) }
        for _ in 0..<11 {
            fixture.loop.turn(for: 100)
            _ = fixture.client.receive(atMost: 150_000)
        }
        #expect(!handler.hasLeft)
    }

    // MARK: Silence

    @Test func `a silent stream is told to say that it lives, again and again`() throws {
        let (fixture, handler) = try stream(#""keep_alive_comment_ms": 20"#)
        let start = fixture.loop.now
        #expect(fixture.turn { handler.keepAlives == 3 })
        #expect(fixture.loop.now.seconds(since: start) >= 0.055)
    }

    @Test func `a stream that speaks now and then is not silent`() throws {
        let (fixture, handler) = try stream(#""keep_alive_comment_ms": 1000"#)
        for _ in 0..<11 {
            send("x", handler)
            fixture.loop.turn(for: 100)
        }
        #expect(handler.keepAlives == 0)
    }

    @Test func `an idle connection is closed in time, one that was never used as one whose head stalls`() throws {
        let unused = try Fixture(#""header_timeout_ms": 30, "keep_alive_timeout_ms": 60000"#)
        #expect(unused.turn { unused.isAtEnd })
        #expect(unused.text.isEmpty)
        let used = try Fixture(#""header_timeout_ms": 60000, "keep_alive_timeout_ms": 120"#)
        used.service.serve = { $0.answer("ok") }
        let start = used.loop.now
        used.client.send(Fixture.get("/"))
        #expect(used.turn { used.text.hasSuffix("ok") })
        #expect(used.turn { used.isAtEnd })
        #expect(used.loop.now.seconds(since: start) >= 0.1)
    }

    @Test func `a head that stalls is answered with 408`() throws {
        let fixture = try Fixture(#""header_timeout_ms": 30"#)
        fixture.client.send("GET / HT")
        #expect(fixture.turn { fixture.isAtEnd })
        #expect(fixture.statuses == ["408"])
    }

    @Test func `a body that stalls is refused with 408`() throws {
        let fixture = try Fixture(#""body_timeout_ms": 30"#)
        fixture.client.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\nhe")
        #expect(fixture.turn { fixture.isAtEnd })
        #expect(fixture.service.handlers.first?.refusal?.status == .requestTimeout)
        #expect(fixture.statuses == ["408"])
    }

    // MARK: Ends

    @Test func `a client that leaves while it is served is noticed at once`() throws {
        let (fixture, handler) = try stream("")
        fixture.loop.turn(for: 5)
        fixture.leave()
        for _ in 0..<3 { fixture.loop.turnOnce() }
        #expect(handler.hasLeft, "without waiting for anything")
        #expect(handler.response.isClosed)
        send("into nothing", handler)
        handler.response.endStream()
        #expect(fixture.server.connectionCount == 0)
    }

    @Test func `an aborted response resets the connection`() throws {
        let (fixture, handler) = try stream("", tcp: true)
        send("part", handler)
        #expect(fixture.turn { fixture.text.contains("part") })
        handler.response.abort()
        var byte: UInt8 = 0
        // On loopback the reset is there as soon as the descriptor is closed.
        #expect(unsafe recv(fixture.client.descriptor, &byte, 1, 0) == -1)
        #expect(errno == ECONNRESET)
        #expect(!handler.hasLeft, "who aborts knows")
    }

    @Test func `last words behind a body under way reach the client before the connection goes`() throws {
        let fixture = try Fixture(tcp: true)
        fixture.client.send("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 100000\r\n\r\n")
        #expect(fixture.loop.turn { fixture.service.handlers.count == 1 })
        // What the client still sends must not turn the answer into a reset.
        fixture.client.send([UInt8](repeating: 0, count: 50_000))
        #expect(fixture.turn { fixture.isAtEnd })
        #expect(fixture.statuses == ["413"])
        #expect(fixture.server.connectionCount == 1, "it lingers until the client has closed")
        fixture.leave()
        #expect(fixture.loop.turn { fixture.server.connectionCount == 0 })
    }

    @Test func `draining ends idle connections at once and busy ones after their answer`() throws {
        let idle = try Fixture()
        var hasDrained = false
        idle.server.didDrain = { hasDrained = true }
        idle.server.drain()
        #expect(hasDrained)
        #expect(idle.turn { idle.isAtEnd })
        let busy = try Fixture()
        busy.client.send(Fixture.get("/"))
        #expect(busy.turn { busy.service.handlers.count == 1 })
        busy.server.drain()
        busy.loop.turn(for: 5)
        #expect(busy.server.connectionCount == 1)
        busy.service.handlers[0].answer("last")
        #expect(busy.turn { busy.isAtEnd })
        #expect(busy.text.hasSuffix("last"))
    }
}
