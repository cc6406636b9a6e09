import Testing

@testable import Upstreams

/// What libcurl brings of an answer, and what it sends.
struct CurlAnswerTests {
    private func provider(_ answer: String) throws -> LocalProvider {
        try LocalProvider { peer in
            guard peer.readRequest() != nil else { return }
            peer.send(answer)
        }
    }

    @Test func `head and body are delivered whole`() throws {
        let provider = try provider("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nX-A: 1\r\n\r\nhello")
        let receiver = CurlFixture(provider.url).call()
        #expect(receiver.isOver && receiver.failure == nil)
        #expect(receiver.heads.count == 1)
        #expect(receiver.heads.first?.status == 200)
        #expect(receiver.heads.first?.lines == Array("content-length: 5\r\nX-A: 1\r\n".utf8))
        #expect(receiver.text == "hello")
    }

    @Test func `what is asked for is sent with the constant fields and the call's own`() throws {
        let provider = try provider("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        let fixture = CurlFixture(provider.url) { $0.fields = [HTTPField("authorization", "Bearer k")] }
        _ = fixture.call("{\"a\":1}", fields: [HTTPField("x-request-id", "r1"), HTTPField("x-empty", "")])
        let request = try #require(provider.requests.first)
        let parts = request.split(separator: "\r\n\r\n", maxSplits: 1)
        let lines = parts[0].split(separator: "\r\n").map { $0.lowercased() }
        #expect(lines.first == "post /v1/chat/completions http/1.1")
        #expect(parts.last == "{\"a\":1}")
        for line in [
            "authorization: bearer k", "x-request-id: r1", "x-empty:", "content-type: application/json",
            "content-length: 7", "accept-encoding: identity", "user-agent: sluice",
        ] {
            #expect(lines.filter { $0 == line }.count == 1, "\(line) in \(lines)")
        }
        #expect(!lines.contains { $0.hasPrefix("expect") || $0.hasPrefix("accept:") })
    }

    @Test func `interim answers are passed over`() throws {
        let provider = try provider(
            "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 1\r\n\r\nx")
        let receiver = CurlFixture(provider.url).call()
        #expect(receiver.heads.map(\.status) == [201])
        #expect(receiver.heads.first?.value(of: "link") == nil)
    }

    @Test func `trailers are not a second head`() throws {
        let provider = try provider(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nx-sum: 1\r\n\r\n")
        let receiver = CurlFixture(provider.url).call()
        #expect(receiver.heads.count == 1)
        #expect(receiver.heads.first?.value(of: "x-sum") == nil)
        #expect(receiver.text == "hi")
        #expect(receiver.failure == nil && receiver.isOver)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\nhello",
    ])
    func `a body that is cut is truncated`(answer: String) throws {
        let provider = try provider(answer)
        let receiver = CurlFixture(provider.url).call()
        #expect(receiver.text == "hello")
        #expect(receiver.failure == .truncated)
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\ncontent-le"])
    func `a connection that closes before the head is over is truncated`(answer: String) throws {
        let provider = try provider(answer)
        let receiver = CurlFixture(provider.url).call()
        #expect(receiver.heads.isEmpty)
        #expect(receiver.failure == .truncated)
    }

    @Test func `what is no HTTP is told as such`() throws {
        let provider = try provider("SSH-2.0-OpenSSH\r\nhello\r\n\r\n")
        let receiver = CurlFixture(provider.url).call()
        #expect(receiver.heads.isEmpty)
        #expect(receiver.failure == .protocolViolation)
    }

    @Test func `a head without end is refused`() throws {
        let provider = try LocalProvider { peer in
            guard peer.readRequest() != nil, peer.send("HTTP/1.1 200 OK\r\n") else { return }
            let line = "x: " + String(repeating: "y", count: 1000) + "\r\n"
            for _ in 0..<200 where !peer.send(line) { return }
            peer.send("\r\n")
        }
        let receiver = CurlFixture(provider.url).call()
        #expect(receiver.heads.isEmpty)
        #expect(receiver.failure == .protocolViolation)
    }

    @Test func `nobody listening is a failure to connect`() throws {
        let port = try LocalProvider.freePort()
        let receiver = CurlFixture("http://127.0.0.1:\(port)").call()
        #expect(receiver.failure == .connect)
        #expect(receiver.heads.isEmpty)
    }

    @Test func `a redirect is delivered, not followed`() throws {
        let provider = try provider("HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n")
        let receiver = CurlFixture(provider.url).call()
        #expect(receiver.heads.map(\.status) == [302])
        #expect(provider.requests.count == 1)
    }
}
