import Testing
import Upstreams

@testable import Gateway

/// A WebSocket on a client's connection.
struct WebSocketConnectionTests {
    /// Keeps what it hears, and answers texts as a test says.
    fileprivate final class Recorder: WebSocketHandler {
        var socket: WebSocket?
        var answer: (Recorder, String) -> Void = { $0.send($1) }
        private(set) var texts: [String] = []
        private(set) var readies = 0
        private(set) var ends: [WebSocketCloseCode] = []

        func webSocketDidReceive(_ text: RawSpan) {
            var copy = ByteBuffer()
            copy.append(text)
            texts.append(copy.text)
            answer(self, copy.text)
        }

        func webSocketIsReady() { readies += 1 }
        func webSocketDidClose(_ code: WebSocketCloseCode) { ends.append(code) }
        func send(_ text: String) { ByteBuffer(Array(text.utf8)).withBytes { socket?.send($0) } }
    }

    private static let request =
        ConnectionFixture.get(
            "/ws",
            """
            connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r
            sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n
            """)

    /// A client whose handshake was answered; `early` comes in one go with it.
    private func open(
        _ bounds: String = "", tcp: Bool = false, early: [UInt8] = []
    ) throws -> (
        ConnectionFixture, Recorder
    ) {
        let fixture = try ConnectionFixture(bounds, tcp: tcp)
        let recorder = Recorder()
        let head = try RequestHead.reading(
            "GET /ws HTTP/1.1", "connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13",
            "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==")
        let handshake = try WebSocketHandshake(head, origins: CORS(origins: [], headers: []))
        fixture.service.serve = { handler in
            recorder.socket = WebSocket.open(handshake, handler.response, handler: recorder) { _ in }
        }
        fixture.client.send(Array(Self.request.utf8) + early)
        #expect(fixture.turn { fixture.text.contains("\r\n\r\n") })
        return (fixture, recorder)
    }

    /// What came after the handshake's answer.
    private func frames(_ fixture: ConnectionFixture) -> [UInt8] {
        let head = Array("\r\n\r\n".utf8)
        guard let end = fixture.received.firstRange(of: head) else { return [] }
        return Array(fixture.received[end.upperBound...])
    }

    @Test func `the answer is 101, and then texts go both ways`() throws {
        let (fixture, recorder) = try open()
        #expect(fixture.statuses == ["101"])
        for field in [
            "connection: upgrade", "upgrade: websocket", "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        ] {
            #expect(fixture.text.contains("\r\n\(field)\r\n"))
        }
        #expect(!fixture.text.contains("content-length"))
        fixture.client.send(ClientFrame.text("one") + ClientFrame.text("two"))
        #expect(fixture.turn { frames(fixture).count >= 10 })
        #expect(frames(fixture) == [0x81, 3] + Array("one".utf8) + [0x81, 3] + Array("two".utf8))
        #expect(recorder.texts == ["one", "two"])
    }

    @Test func `what a client sends right behind its handshake is read`() throws {
        let (fixture, recorder) = try open(early: ClientFrame.text("early"))
        #expect(fixture.turn { recorder.texts == ["early"] })
    }

    @Test func `a client's close is answered, and the connection ends`() throws {
        let (fixture, recorder) = try open()
        fixture.client.send(ClientFrame.close(1000))
        #expect(fixture.turn { fixture.isAtEnd })
        #expect(frames(fixture) == [0x88, 2, 0x03, 0xE8])
        #expect(recorder.ends == [.normal])
        fixture.leave()
        #expect(fixture.loop.turn { fixture.server.connectionCount == 0 })
        #expect(recorder.ends == [.normal], "told once")
    }

    @Test func `who breaks the rules is told why before the connection ends`() throws {
        let (fixture, recorder) = try open(tcp: true)
        fixture.client.send([0xC1, 0x80] + [UInt8](repeating: 0, count: 20_000))
        #expect(fixture.turn { fixture.isAtEnd })
        #expect(frames(fixture).prefix(4) == [0x88, 2 + 21, 0x03, 0xEA])
        #expect(recorder.ends == [.protocolError])
    }

    @Test func `a binary message is not understood`() throws {
        let (fixture, recorder) = try open()
        fixture.client.send(ClientFrame.binary([1, 2]))
        #expect(fixture.turn { frames(fixture).count >= 4 })
        #expect(frames(fixture)[2...3] == [0x03, 0xEB])
        fixture.client.send(ClientFrame.close(1003))
        #expect(fixture.turn { fixture.isAtEnd })
        #expect(recorder.ends == [.unsupportedData])
        #expect(recorder.texts.isEmpty)
    }

    @Test func `a client that leaves without a word is noticed at once`() throws {
        let (fixture, recorder) = try open()
        fixture.leave()
        #expect(fixture.loop.turn { recorder.ends == [.abnormal] })
        #expect(fixture.server.connectionCount == 0)
        recorder.send("into nothing")
    }

    @Test func `a silent client is pinged, and left when it does not answer`() throws {
        let (fixture, recorder) = try open(#""websocket_ping_ms": 400"#)
        #expect(fixture.turn { frames(fixture) == [0x89, 0] })
        fixture.client.send(ClientFrame.pong())
        #expect(fixture.turn { frames(fixture) == [0x89, 0, 0x89, 0] }, "it has answered, and is asked again")
        #expect(fixture.turn { recorder.ends == [.abnormal] })
        #expect(fixture.server.connectionCount == 0)
    }

    @Test func `draining says so, and the connection ends with the client's answer`() throws {
        let (fixture, recorder) = try open()
        fixture.server.drain()
        #expect(fixture.turn { frames(fixture).prefix(4).elementsEqual([0x88, 30, 0x03, 0xE9]) })
        fixture.client.send(ClientFrame.close(1001))
        #expect(fixture.turn { fixture.isAtEnd })
        #expect(recorder.ends == [.goingAway])
        fixture.leave()
        #expect(fixture.loop.turn { fixture.server.hasDrained })
    }

    @Test func `a client that does not read is not read from, and nothing is lost when it reads again`() throws {
        let (fixture, recorder) = try open(#""output_high_bytes": 20000, "output_low_bytes": 5000"#)
        let message = String(repeating: "x", count: 4000)
        var sent = 0
        for _ in 0..<2000 where !recorder.isFull {
            sent += fixture.client.send(ClientFrame.text(message)) > 0 ? 1 : 0
            fixture.loop.turn(for: 1)
        }
        #expect(recorder.isFull)
        let heard = recorder.texts.count
        let last = ClientFrame.text("last")
        #expect(fixture.client.send(last) == last.count)
        fixture.loop.turn(for: 20)
        #expect(recorder.texts.count == heard, "not read while full")
        #expect(fixture.turn { recorder.texts.count == sent + 1 })
        #expect(recorder.readies >= 1)
        #expect(fixture.turn { frames(fixture).suffix(4).elementsEqual("last".utf8) })
        #expect(frames(fixture).count { $0 == UInt8(ascii: "x") } == sent * 4000)
    }

    @Test func `a client that takes nothing for the stall timeout is left`() throws {
        let (fixture, recorder) = try open(#""write_stall_timeout_ms": 60, "output_high_bytes": 50000000"#)
        for _ in 0..<500 { recorder.send(String(repeating: "x", count: 10_000)) }
        #expect(fixture.loop.turn { recorder.ends == [.abnormal] })
        #expect(fixture.server.connectionCount == 0)
    }
}

extension WebSocketConnectionTests.Recorder {
    fileprivate var isFull: Bool { socket?.isFull ?? false }
}
