import Testing
import Upstreams

@testable import Gateway

/// Bodies that are handed over as they come.
struct ConnectionBodyTests {
    typealias Fixture = ConnectionFixture

    private func fixture(_ bounds: String = "", maxBodyBytes: Int = 1_000_000) throws -> Fixture {
        let fixture = try Fixture(bounds)
        fixture.service.streamsBodies = true
        fixture.service.maxBodyBytes = maxBodyBytes
        return fixture
    }

    private func handler(_ fixture: Fixture, _ text: String) throws -> FakeHandler {
        fixture.client.send(text)
        #expect(fixture.turn { !fixture.service.handlers.isEmpty })
        return try #require(fixture.service.handlers.first)
    }

    @Test func `a body is handed over before it is complete, and the connection goes on behind it`() throws {
        let fixture = try fixture()
        let handler = try handler(fixture, "POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\n01234")
        #expect(fixture.turn { handler.received == "01234" })
        #expect(!handler.hasWholeBody)
        fixture.client.send("56789" + Fixture.get("/b"))
        #expect(fixture.turn { handler.hasWholeBody })
        #expect(handler.received == "0123456789")
        handler.answer("one")
        #expect(fixture.turn { fixture.service.handlers.count == 2 })
        fixture.service.handlers[1].answer("two")
        #expect(fixture.turn { fixture.text.hasSuffix("two") })
        #expect(!fixture.text.contains("connection: close"))
    }

    @Test func `chunks are handed over without their framing`() throws {
        let fixture = try fixture()
        let handler = try handler(
            fixture, "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        #expect(fixture.turn { handler.hasWholeBody })
        #expect(handler.received == "abcde")
    }

    @Test func `nothing is read while the handler takes nothing, and all once it does`() throws {
        let fixture = try fixture(maxBodyBytes: 100_000_000)
        let handler = try handler(fixture, "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 50000000\r\n\r\n")
        handler.takesBody = false
        fixture.client.send("x")
        fixture.loop.turn(for: 20)
        #expect(handler.received.isEmpty)
        handler.takesBody = true
        handler.connection?.resumeBody()
        #expect(fixture.turn { handler.received == "x" })
    }

    @Test func `an answer before the end of the body ends the connection`() throws {
        let fixture = try fixture()
        let handler = try handler(fixture, "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\n01234")
        handler.answer("early")
        #expect(fixture.turn { fixture.text.hasSuffix("early") })
        #expect(fixture.text.contains("connection: close"))
        #expect(fixture.turn { fixture.isAtEnd })
    }

    @Test func `a body above its bound is refused as soon as that is known`() throws {
        let told = try fixture(maxBodyBytes: 5)
        #expect(try handler(told, Fixture.post("/", "0123456789")).refusal?.status == .contentTooLarge)
        let untold = try fixture(maxBodyBytes: 5)
        let head = "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n"
        let handler = try handler(untold, head + "4\r\nabcd\r\n4\r\nefgh\r\n")
        #expect(untold.turn { handler.refusal?.status == .contentTooLarge })
        #expect(handler.received == "abcd" && !handler.hasWholeBody)
    }

    @Test func `chunks that are none are refused`() throws {
        let fixture = try fixture()
        let handler = try handler(
            fixture, "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcX")
        #expect(fixture.turn { handler.refusal?.status == .badRequest })
    }

    @Test func `a body that comes slowly may take longer than one that stalls`() throws {
        let fixture = try fixture(#""body_timeout_ms": 1000"#)
        let handler = try handler(fixture, "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 11\r\n\r\n")
        for _ in 0..<11 {
            fixture.loop.turn(for: 100)
            fixture.client.send("x")
        }
        #expect(fixture.turn { handler.hasWholeBody })
        #expect(handler.refusal == nil)
    }

    @Test func `a client that leaves in the middle is noticed`() throws {
        let fixture = try fixture()
        let handler = try handler(fixture, "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\n01234")
        fixture.leave()
        #expect(fixture.loop.turn { handler.hasLeft })
        #expect(!handler.hasWholeBody)
    }
}
