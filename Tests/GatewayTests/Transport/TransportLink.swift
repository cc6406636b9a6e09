import Testing
import Upstreams

@testable import Gateway

/// A loop with an HTTP/1.1 transport on it. Runs until a test says so, or its deadline has passed.
final class TransportLink {
    let loop = EventLoop()
    let transport: HTTP1Transport
    private var timers: [any ReactorTimer] = []

    init(_ url: String) {
        transport = HTTP1Transport(
            multi: CurlMulti(reactor: loop), settings: HTTPTransportSettings(baseURL: url), readBuffer: ReadBuffer())
    }

    /// Starts a call; `answer.didEnd` hears of its end.
    @discardableResult
    func call(_ answer: TransportAnswer, body: String = "{}") -> any HTTPTransfer {
        let request = TransportRequest(
            path: "/chat/completions", fields: [HTTPField("x-a", "b")], body: ByteBuffer(Array(body.utf8)))
        let transfer = transport.start(request, answer)
        answer.transfer = transfer
        return transfer
    }

    /// Runs the loop until `stop`; a deadline ends it too, as an issue.
    func run() {
        let deadline = loop.timer { [unowned self] in
            Issue.record("nothing happened for ten seconds")
            loop.stop()
        }
        deadline.arm(milliseconds: 10_000)
        loop.run()
        deadline.cancel()
    }

    func stop() { loop.stop() }

    /// Calls `body` in a later turn. A timer of no time at all would run before the loop looks at its sockets.
    func soon(_ body: @escaping () -> Void) {
        let timer = loop.timer(body)
        timers.append(timer)
        timer.arm(milliseconds: 1)
    }

    /// Calls `body` once `condition` holds, which is looked at every millisecond.
    func when(_ condition: @escaping () -> Bool, _ body: @escaping () -> Void) {
        soon { [unowned self] in if condition() { body() } else { when(condition, body) } }
    }
}
