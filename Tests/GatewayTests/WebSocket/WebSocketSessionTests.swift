import Testing
import Upstreams

@testable import Gateway

/// What a WebSocket's session makes of a client's frames (RFC 6455).
struct WebSocketSessionTests {
    @Test(arguments: WebSocketCase.all)
    func `each case has its outcome, however its bytes are cut`(_ item: WebSocketCase) {
        let bytes = item.bytes
        #expect(WebSocketTranscript(bytes).lines == item.expected)
        if bytes.count < 1000 {
            #expect(WebSocketTranscript(bytes, cuts: Array(1..<max(bytes.count, 2))).lines == item.expected)
            for cut in 1..<max(bytes.count, 2) {
                #expect(WebSocketTranscript(bytes, cuts: [cut]).lines == item.expected, "cut at \(cut)")
            }
        }
        for seed in 0..<8 {
            let cuts = HTTPCuts.random(bytes.count, seed: UInt64(seed))
            #expect(WebSocketTranscript(bytes, cuts: cuts).lines == item.expected, "seed \(seed)")
        }
    }

    @Test func `there are as many cases as it takes, each with a name of its own`() {
        #expect(WebSocketCase.all.count >= 60)
        #expect(Set(WebSocketCase.all.map(\.description)).count == WebSocketCase.all.count)
    }

    // MARK: Mistakes are seen at once

    @Test func `a text is refused at the byte that makes it none`() {
        let good = Array("κόσμε".utf8)
        let bytes = ClientFrame.text(good + [0xF4, 0x90] + [UInt8](repeating: 0x61, count: 40))
        let transcript = WebSocketTranscript(bytes, cuts: Array(1..<bytes.count))
        #expect(transcript.lines == ["→close:1007", "end:1007"])
        #expect(transcript.endedAfter == 6 + good.count + 2)
    }

    @Test func `a reserved bit is refused with the first byte, a missing mask with the second`() {
        #expect(WebSocketTranscript([0xC1]).lines == ["→close:1002", "end:1002"])
        #expect(WebSocketTranscript([0x81, 0x05]).lines == ["→close:1002", "end:1002"])
    }

    // MARK: Bounds

    @Test func `a frame and a message have their bounds, told before their bytes come`() {
        func lines(_ bytes: [UInt8]) -> [String] {
            WebSocketTranscript(bytes, maxFrameBytes: 10, maxMessageBytes: 15).lines
        }
        #expect(lines(ClientFrame.text("0123456789")) == ["text:0123456789"])
        #expect(lines(Array(ClientFrame.text("0123456789a").prefix(6))) == ["→close:1009", "end:1009"])
        #expect(lines(ClientFrame.fragments("0123456789", "abcde")) == ["text:0123456789abcde"])
        let first = ClientFrame(0x01, "0123456789").bytes
        #expect(lines(first + ClientFrame(0x80, "abcdef").bytes.prefix(6)) == ["→close:1009", "end:1009"])
        #expect(lines(first + ClientFrame.ping("0123456789abc")) == ["→pong:0123456789abc"], "not a part of it")
        #expect(lines(ClientFrame.text("0123456789") + ClientFrame.text("abcdefghij")).count == 2, "each by itself")
    }

    // MARK: The server's side

    private func bytes(_ write: (inout WebSocketSession, inout ByteBuffer) -> Void) -> [UInt8] {
        var session = WebSocketSession(maxFrameBytes: 1000, maxMessageBytes: 1000)
        var output = ByteBuffer()
        write(&session, &output)
        return output.copy()
    }

    private func send(_ count: Int) -> [UInt8] {
        bytes { session, output in
            ByteBuffer([UInt8](repeating: 0x61, count: count)).withBytes { session.send($0, &output) }
        }
    }

    @Test func `what is sent is one frame without mask, its length in as few bytes as it needs`() {
        #expect(send(0) == [0x81, 0])
        #expect(send(125).prefix(3) == [0x81, 125, 0x61])
        #expect(send(126).prefix(5) == [0x81, 126, 0, 126, 0x61])
        #expect(send(65_535).prefix(4) == [0x81, 126, 0xFF, 0xFF])
        #expect(send(65_536).prefix(10) == [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0])
        #expect(send(65_536).count == 65_546)
    }

    /// What the session says to `bytes`, and what it answers.
    private func receive(_ bytes: [UInt8], _ session: inout WebSocketSession) -> (WebSocketSession.Event, [UInt8]) {
        var input = ByteBuffer(bytes)
        var output = ByteBuffer()
        let event = session.receive(&input, &output)
        let isTaken = input.isEmpty
        #expect(isTaken)
        return (event, output.copy())
    }

    @Test func `who closes sends nothing more, drops what comes, and ends with the answer`() {
        var session = WebSocketSession(maxFrameBytes: 1000, maxMessageBytes: 1000)
        var output = ByteBuffer()
        session.close(.goingAway, "bye", &output)
        session.close(.normal, "again", &output)
        ByteBuffer([0x61]).withBytes { session.send($0, &output) }
        let sent = output.copy()
        #expect(sent == [0x88, 5, 0x03, 0xE9, 0x62, 0x79, 0x65])
        var (event, answer) = receive(ClientFrame.text("late") + ClientFrame.ping("late"), &session)
        #expect(event == .needMore)
        #expect(answer.isEmpty)
        (event, answer) = receive(ClientFrame.close(1001), &session)
        #expect(event == .closed(.goingAway))
        #expect(answer.isEmpty, "the answer to ours is not answered")
        (event, answer) = receive(ClientFrame.text("x"), &session)
        #expect(event == .needMore)
    }

    @Test func `a silent client is pinged, and given up when it stays silent`() {
        var session = WebSocketSession(maxFrameBytes: 1000, maxMessageBytes: 1000)
        var output = ByteBuffer()
        let first = session.idle(&output)
        let ping = output.copy()
        #expect(first && ping == [0x89, 0])
        _ = receive(ClientFrame.pong(), &session)
        let second = session.idle(&output)
        #expect(second, "it has answered")
        let third = session.idle(&output)
        #expect(!third)
        let state = session.state
        #expect(state == .closed)
    }
}
