import Synchronization
import Testing

@testable import Upstreams

/// Connections kept, transfers paused and cancelled.
struct CurlFlowTests {
    private static let small = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"

    @Test func `calls one after the other share a connection and stay apart`() throws {
        let provider = try LocalProvider { peer in
            while let request = peer.readRequest() {
                let body = request.split(separator: "\r\n\r\n").last ?? ""
                peer.send("HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
            }
        }
        let fixture = CurlFixture(provider.url)
        for number in 0..<20 {
            let receiver = fixture.call("call \(number)", fields: number == 3 ? [HTTPField("x-three", "3")] : [])
            #expect(receiver.text == "call \(number)")
            #expect(receiver.failure == nil)
        }
        #expect(provider.connections == 1)
        #expect(provider.requests.count == 20)
        #expect(provider.requests.count { $0.contains("x-three") } == 1, "a call's fields are its own")
        #expect(fixture.multi.transfersInFlight == 0)
    }

    @Test func `calls at the same time each get their own answer`() throws {
        let provider = try LocalProvider { peer in
            while let request = peer.readRequest() {
                let body = request.split(separator: "\r\n\r\n").last ?? ""
                peer.send("HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
            }
        }
        let fixture = CurlFixture(provider.url)
        let receivers = (0..<20).map { _ in RecordingReceiver() }
        let transfers = receivers.enumerated().map { fixture.start("call \($0)", to: $1) }
        #expect(fixture.multi.transfersInFlight == 20)
        #expect(fixture.reactor.turn { !receivers.contains { !$0.isOver } })
        #expect(receivers.map(\.text) == (0..<20).map { "call \($0)" })
        #expect(fixture.multi.transfersInFlight == 0)
        withExtendedLifetime(transfers) {}
    }

    @Test func `a call may be started, and ended, while another's bytes are shown`() throws {
        let provider = try LocalProvider { peer in
            while peer.readRequest() != nil { peer.send(Self.small) }
        }
        let fixture = CurlFixture(provider.url)
        let (first, second, third) = (RecordingReceiver(), RecordingReceiver(), RecordingReceiver())
        var transfers: [any HTTPTransfer] = []
        first.didReceive = {
            guard transfers.count == 1, first.pieces == 1 else { return }
            transfers += [fixture.start(to: second), fixture.start(to: third)]
            transfers[2].cancel()
        }
        transfers.append(fixture.start(to: first))
        #expect(fixture.reactor.turn { first.isOver && second.isOver })
        #expect(first.text == "ok" && second.text == "ok")
        #expect(third.calls == 0)
        #expect(fixture.multi.transfersInFlight == 0)
    }

    @Test func `a paused transfer brings each byte once, and costs no turns while it waits`() throws {
        let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let provider = try LocalProvider { peer in
            guard peer.readRequest() != nil else { return }
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: \(bytes.count)\r\n\r\n")
            peer.send(bytes)
            peer.waitForClose()
        }
        let fixture = CurlFixture(provider.url)
        let receiver = RecordingReceiver()
        receiver.didReceive = { receiver.flow = receiver.pieces % 5 == 4 ? .pause : .more }
        let transfer = fixture.start(to: receiver)
        var pauses = 0
        while !receiver.isOver, pauses < 2000 {
            let before = receiver.calls
            guard fixture.reactor.turn(until: { receiver.flow == .pause || receiver.isOver }) else {
                break
            }
            if pauses == 1 {
                // The bytes that were refused are waiting now, and the provider goes on sending.
                _ = fixture.reactor.turn(within: 50) { false }
                let turns = fixture.reactor.turns
                fixture.reactor.turn(for: 200)
                #expect(fixture.reactor.turns - turns <= 10)
                #expect(receiver.calls <= before + 8)
            }
            pauses += 1
            receiver.didReceive = {}
            receiver.flow = .more
            receiver.didReceive = { receiver.flow = receiver.pieces % 5 == 4 ? .pause : .more }
            transfer.resume()
        }
        receiver.didReceive = {}
        #expect(receiver.failure == nil && receiver.isOver)
        #expect(receiver.body == bytes)
        #expect(pauses > 3)
    }

    // MARK: Cancelling

    /// Where a call is cancelled.
    enum Moment: CaseIterable { case atOnce, connected, onHead, onBody, paused }

    @Test(arguments: Moment.allCases)
    func `a cancelled transfer is silent and its connection is closed`(moment: Moment) throws {
        let closed = Mutex(false)
        let provider = try LocalProvider { peer in
            guard let request = peer.readRequest(), request.contains("first") else {
                peer.send(Self.small)
                return
            }
            if moment != .connected { peer.send("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nsome bytes") }
            peer.waitForClose()
            closed.withLock { $0 = true }
        }
        let fixture = CurlFixture(provider.url)
        let receiver = RecordingReceiver()
        let transfer = fixture.start("first", to: receiver)
        var calls = 0
        let cancel = {
            calls = receiver.calls
            transfer.cancel()
        }
        switch moment {
        case .atOnce: cancel()
        case .connected:
            #expect(fixture.reactor.turn { !provider.requests.isEmpty })
            cancel()
        case .onHead: receiver.didReceive = { if receiver.calls == 1 { cancel() } }
        case .onBody: receiver.didReceive = { if receiver.pieces == 1 { cancel() } }
        case .paused:
            receiver.flow = .pause
            #expect(fixture.reactor.turn { receiver.calls == 2 })
            cancel()
        }
        #expect(fixture.reactor.turn { fixture.multi.transfersInFlight == 0 })
        #expect(moment == .atOnce || fixture.reactor.turn { closed.withLock { $0 } }, "the provider sees it")
        receiver.didReceive = {}
        transfer.cancel()
        #expect(receiver.calls == calls)
        #expect(!receiver.isOver)
        // The same easy handle serves the next call.
        #expect(fixture.call("second").text == "ok")
    }

    @Test func `a receiver that starts the next call at its end gets it served`() throws {
        let provider = try LocalProvider { peer in
            while peer.readRequest() != nil { peer.send(Self.small) }
        }
        let fixture = CurlFixture(provider.url)
        let last = RecordingReceiver()
        var transfers: [any HTTPTransfer] = []
        let first = RecordingReceiver()
        first.didEnd = { transfers.append(fixture.start("again", to: last)) }
        transfers.append(fixture.start(to: first))
        #expect(fixture.reactor.turn { last.isOver })
        #expect(last.text == "ok")
        first.didEnd = {}
    }

    @Test func `an idle connection that the provider closes is noticed, and the next call opens another`() throws {
        let provider = try LocalProvider { peer in
            if peer.readRequest() != nil { peer.send(Self.small) }
        }
        let fixture = CurlFixture(provider.url)
        for _ in 0..<5 {
            #expect(fixture.call().text == "ok")
            let turns = fixture.reactor.turns
            fixture.reactor.turn(for: 30)
            #expect(fixture.reactor.turns - turns <= 6, "a closed idle connection does not spin the loop")
        }
        #expect(provider.connections == 5)
    }

    @Test func `a whole driver can go while connections are kept`() throws {
        let provider = try LocalProvider { peer in
            while peer.readRequest() != nil { peer.send(Self.small) }
        }
        weak var multi: CurlMulti?
        do {
            let fixture = CurlFixture(provider.url)
            #expect(fixture.call().text == "ok")
            multi = fixture.multi
        }
        #expect(multi == nil)
    }
}
