import Testing
import Upstreams

@testable import Gateway

/// Requests on one connection, one after the other.
struct ConnectionRequestTests {
    typealias Fixture = ConnectionFixture

    @Test func `a request is served wherever it is cut`() throws {
        let request = Array(Fixture.post("/a", "hello").utf8)
        for cut in stride(from: 1, to: request.count, by: 3) {
            let fixture = try Fixture()
            fixture.service.serve = { $0.answer("ok") }
            fixture.client.send(Array(request[..<cut]))
            fixture.loop.turn(for: 1)
            fixture.client.send(Array(request[cut...]))
            #expect(fixture.turn { fixture.text.hasSuffix("ok") }, "cut at \(cut)")
            #expect(fixture.service.handlers.map(\.body) == ["hello"])
        }
    }

    @Test func `pipelined requests are answered in order, one at a time`() throws {
        let fixture = try Fixture()
        fixture.client.send(Fixture.post("/1", "one") + Fixture.get("/2") + Fixture.post("/3", "three"))
        #expect(fixture.turn { fixture.service.handlers.count == 1 })
        fixture.loop.turn(for: 10)
        #expect(fixture.service.handlers.count == 1, "the second waits for the first answer")
        fixture.service.serve = { $0.answer("answer to \($0.path)") }
        fixture.service.handlers[0].answer("answer to /1")
        #expect(fixture.turn { fixture.service.handlers.count == 3 && fixture.text.hasSuffix("/3") })
        #expect(fixture.service.handlers.map(\.path) == ["/1", "/2", "/3"])
        #expect(fixture.service.handlers.map(\.body) == ["one", "", "three"])
        #expect(fixture.statuses == ["200", "200", "200"])
    }

    @Test func `a chunked body is put together`() throws {
        let fixture = try Fixture()
        fixture.service.serve = { $0.answer("ok") }
        fixture.client.send(
            "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
        #expect(fixture.turn { fixture.text.hasSuffix("ok") })
        #expect(fixture.service.handlers.first?.body == "hello")
    }

    @Test func `a client that expects it is told to continue`() throws {
        let fixture = try Fixture()
        fixture.service.serve = { $0.answer("ok") }
        fixture.client.send("POST / HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        #expect(fixture.turn { fixture.text == "HTTP/1.1 100 Continue\r\n\r\n" })
        fixture.client.send("hi")
        #expect(fixture.turn { fixture.statuses == ["100", "200"] })
    }

    @Test(arguments: ["connection: close\r\n", ""])
    func `the connection closes after the answer when the client says so`(field: String) throws {
        let fixture = try Fixture()
        fixture.service.serve = { $0.answer("ok") }
        fixture.client.send(Fixture.get("/", field))
        #expect(fixture.turn { fixture.text.hasSuffix("ok") })
        #expect(fixture.turn(within: field.isEmpty ? 30 : 5000) { fixture.isAtEnd } == !field.isEmpty)
        #expect(fixture.server.connectionCount == (field.isEmpty ? 1 : 0))
    }

    // MARK: Refusals

    @Test func `a refusal on the head closes when a body is under way`() throws {
        let fixture = try Fixture()
        fixture.service.maxBodyBytes = nil
        fixture.service.serve = { $0.answer("no") }
        fixture.client.send(Fixture.post("/", "some body") + Fixture.get("/next"))
        #expect(fixture.turn { fixture.isAtEnd })
        #expect(fixture.text.contains("connection: close"))
        #expect(fixture.text.hasSuffix("no"))
        #expect(fixture.service.handlers.count == 1, "the body is not read as a request")
    }

    @Test func `a refusal on the head of a request without a body keeps the connection`() throws {
        let fixture = try Fixture()
        fixture.service.maxBodyBytes = nil
        fixture.service.serve = { $0.answer("no") }
        fixture.client.send(Fixture.get("/1") + Fixture.get("/2"))
        #expect(fixture.turn { fixture.service.handlers.count == 2 })
        #expect(!fixture.isAtEnd)
    }

    @Test(arguments: [
        "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1001\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n" + String(repeating: "x", count: 1001),
    ])
    func `a body above the bound is refused and the connection closed`(request: String) throws {
        let fixture = try Fixture()
        fixture.client.send(request)
        #expect(fixture.turn { fixture.isAtEnd })
        #expect(fixture.service.handlers.first?.refusal?.code == "request_too_large")
        #expect(fixture.statuses == ["413"])
    }

    @Test func `what is no request is answered and the connection closed`() throws {
        for bytes in ["\u{16}\u{3}\u{1}", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "nonsense\r\n\r\n"] {
            let fixture = try Fixture()
            fixture.client.send(bytes)
            #expect(fixture.turn { fixture.isAtEnd }, "\(bytes.debugDescription)")
            #expect(fixture.service.refusals.count == 1)
            #expect(fixture.statuses.count == 1)
        }
    }

    @Test func `malformed chunks are refused through the request's handler`() throws {
        let fixture = try Fixture()
        fixture.client.send("POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n")
        #expect(fixture.turn { fixture.isAtEnd })
        #expect(fixture.service.handlers.first?.refusal?.status == .badRequest)
    }
}
