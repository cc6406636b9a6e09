import Testing
import Upstreams

@testable import Gateway

/// Calls over real sockets: connections are kept, found stale, paused, cancelled; answers end honestly.
struct HTTP1TransportTests {
    static let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"

    /// Makes two calls, the second once the first has ended.
    private func callTwice(_ server: ScriptedServer) -> (TransportAnswer, TransportAnswer) {
        let link = TransportLink(server.url)
        let second = TransportAnswer { link.stop() }
        let first = TransportAnswer { link.call(second) }
        link.call(first)
        link.run()
        return (first, second)
    }

    /// Makes one call and waits for its end.
    private func call(_ server: ScriptedServer, body: String = "{}") -> TransportAnswer {
        let link = TransportLink(server.url)
        let answer = TransportAnswer { link.stop() }
        link.call(answer, body: body)
        link.run()
        return answer
    }

    @Test func `a request is one well-formed message`() {
        let server = ScriptedServer([[.request, .send(Self.answer)]])
        let answer = call(server, body: "{\"a\":1}")
        #expect(answer.text == "hi" && answer.failure == nil && answer.head?.status == 200)
        #expect(
            server.seen.requests == [
                "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:\(server.port)\r\nuser-agent: sluice\r\n"
                    + "accept-encoding: identity\r\ncontent-type: application/json\r\nx-a: b\r\n"
                    + "content-length: 7\r\n\r\n{\"a\":1}"
            ])
    }

    @Test func `a large body arrives whole`() {
        let server = ScriptedServer([[.request, .send(Self.answer)]])
        let body = String(repeating: "0123456789abcdef", count: 200_000)
        #expect(call(server, body: body).failure == nil)
        #expect(server.seen.requests.first?.hasSuffix(body) == true)
    }

    @Test(arguments: [
        answer, "HTTP/1.1 100 Continue\r\n\r\n" + answer,
        "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\nx: y\r\n\r\n",
    ])
    func `a connection carries one call after another`(answer: String) {
        let server = ScriptedServer([[.request, .send(answer), .request, .send(answer), .awaitClose]])
        let (first, second) = callTwice(server)
        #expect(first.text == "hi" && second.text == "hi")
        #expect(first.failure == nil && second.failure == nil)
        #expect(server.seen.connections == 1 && server.seen.requests.count == 2)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi",
        "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi", answer + "HTTP/1.1 200 OK\r\n",
    ])
    func `a connection that cannot be trusted with another call is closed`(answer: String) {
        let server = ScriptedServer([[.request, .send(answer), .awaitClose], [.request, .send(Self.answer)]])
        let (first, second) = callTwice(server)
        #expect(first.text == "hi" && second.text == "hi")
        #expect(server.seen.connections == 2 && server.seen.closed == 1)
    }

    @Test func `the connection's end ends an answer without length`() {
        let answer = call(ScriptedServer([[.request, .send("HTTP/1.1 200 OK\r\n\r\nall of it")]]))
        #expect(answer.text == "all of it" && answer.failure == nil)
    }

    @Test func `a kept connection that turns out closed is replaced once, unseen`() {
        let server = ScriptedServer([[.request, .send(Self.answer), .request], [.request, .send(Self.answer)]])
        let (_, second) = callTwice(server)
        #expect(second.text == "hi" && second.failure == nil)
        #expect(server.seen.connections == 2 && server.seen.requests.count == 3)
        #expect(server.seen.requests.last == server.seen.requests.first)
    }

    @Test func `a kept connection that dies within the answer is not replaced`() {
        let (_, second) = callTwice(ScriptedServer([[.request, .send(Self.answer), .request, .send("H")]]))
        #expect(second.failure == .truncated)
    }

    @Test(arguments: [
        ("", TransportFailure.truncated), ("HTTP/1.1 200 OK\r\n", .truncated),
        ("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhi", .truncated),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n", .truncated),
        ("hello\r\n", .protocolViolation), ("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", .protocolViolation),
        ("HTTP/1.1 200 OK\r\nx: \(String(repeating: "x", count: 70_000))\r\n\r\n", .protocolViolation),
    ])
    func `an answer that is no whole answer is a failure`(answer: String, failure: TransportFailure) {
        let server = ScriptedServer([[.request, .send(answer)]])
        #expect(call(server).failure == failure)
        #expect(server.seen.connections == 1)
    }

    @Test func `nobody there is a failure to connect`() {
        let link = TransportLink("http://127.0.0.1:1/v1")
        let answer = TransportAnswer { link.stop() }
        let transfer = link.call(answer)
        #expect(!transfer.isConnected)
        link.run()
        #expect(answer.failure == .connect)
    }

    @Test func `an idle connection on which something comes is closed`() {
        let server = ScriptedServer([
            [.request, .send(Self.answer), .send("unasked"), .awaitClose], [.request, .send(Self.answer)],
        ])
        let link = TransportLink(server.url)
        let second = TransportAnswer { link.stop() }
        let first = TransportAnswer { link.when({ server.seen.closed == 1 }) { link.call(second) } }
        link.call(first)
        link.run()
        #expect(first.text == "hi" && second.text == "hi" && server.seen.connections == 2)
    }

    @Test func `refused bytes come again after resuming, and none is lost`() {
        let chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n"
        let server = ScriptedServer([[.request, .send(chunks), .request, .send(Self.answer)]])
        let link = TransportLink(server.url)
        let second = TransportAnswer { link.stop() }
        let first = TransportAnswer { link.call(second) }
        var offers = 0
        first.didReceiveBytes = {
            offers += 1
            if offers.isMultiple(of: 2) { return .more }
            link.soon { first.transfer?.resume() }
            return .pause
        }
        link.call(first)
        link.run()
        #expect(first.text == "abc" && first.failure == nil && offers == 6)
        #expect(second.text == "hi" && server.seen.connections == 1)
    }

    @Test(arguments: ["head", "bytes", "connecting", "waiting"])
    func `a cancelled call closes its connection and hears nothing more`(phase: String) {
        let part = ScriptedServer.Step.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi")
        let server = ScriptedServer([phase == "waiting" ? [.request, .awaitClose] : [.request, part, .awaitClose]])
        let link = TransportLink(server.url)
        let answer = TransportAnswer()
        switch phase {
        case "head": answer.didReceiveHead = { answer.transfer?.cancel() }
        case "bytes":
            answer.didReceiveBytes = {
                answer.transfer?.cancel()
                return .pause
            }
        default: break
        }
        link.call(answer)
        switch phase {
        case "connecting": answer.transfer?.cancel()
        case "waiting": link.when({ answer.transfer?.isConnected == true }) { answer.transfer?.cancel() }
        default: break
        }
        if phase == "connecting" {
            link.soon { link.stop() }
        } else {
            link.when({ server.seen.closed == 1 }) { link.stop() }
        }
        link.run()
        #expect(!answer.isEnded && answer.body.isEmpty)
    }
}
