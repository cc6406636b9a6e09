import Testing

@testable import Upstreams

/// Pausing, cancelling, and the places of calls on their way.
struct OpenAIFlowTests {
    typealias Fixture = OpenAIFixture

    @Test func `a full reader pauses the transfer and gets each event once after resuming`() throws {
        let fixture = Fixture()
        let call = try fixture.start()
        let transfer = try fixture.transfer
        transfer.receiveHead(200)
        transfer.receive(Fixture.delta("a"))
        fixture.sink.isFull = true
        transfer.receive(Fixture.delta("b"))
        transfer.receive(Fixture.delta("c"))
        #expect(fixture.sink.events.count == 1 && fixture.sink.pauses == 1)
        call.resume()
        #expect(fixture.sink.events.count == 1, "still full: paused again")
        #expect(transfer.isPaused)
        fixture.sink.isFull = false
        call.resume()
        transfer.receive(Fixture.done)
        transfer.end()
        #expect(fixture.sink.events == ["a", "b", "c"].map(Fixture.chunk))
        #expect(fixture.sink.isComplete)
    }

    @Test func `resuming a call that is not paused does nothing`() throws {
        let fixture = Fixture()
        let call = try fixture.start()
        let transfer = try fixture.transfer
        call.resume()
        transfer.receiveHead(200)
        call.resume()
        #expect(transfer.resumes == 0)
    }

    // MARK: Cancelling

    /// How far a call has come when it is cancelled.
    enum Phase: CaseIterable {
        case waiting, begun, streaming, paused, done, collecting, refused
    }

    @Test(arguments: Phase.allCases)
    func `a cancelled call is silent for ever and leaves nothing`(phase: Phase) throws {
        let fixture = Fixture()
        let call = try fixture.start(ChatRequest.saying("hi", isStream: phase != .collecting))
        let transfer = try fixture.transfer
        switch phase {
        case .waiting: break
        case .begun, .collecting: transfer.receiveHead(200)
        case .refused: transfer.receiveHead(500)
        case .streaming, .paused, .done: transfer.receiveHead(200)
        }
        if phase == .streaming || phase == .paused { transfer.receive(Fixture.delta("a")) }
        if phase == .done { transfer.receive(Fixture.done) }
        if phase == .paused {
            fixture.sink.isFull = true
            transfer.receive(Fixture.delta("b"))
        }
        let before = fixture.sink.order
        call.cancel()
        #expect(transfer.isCancelled)
        call.resume()
        call.cancel()
        fixture.reactor.advance(milliseconds: 20_000)
        #expect(fixture.sink.order == before)
        fixture.expectNothingLeft()
    }

    @Test func `a reader that cancels on an event gets no further one of the same bytes`() throws {
        let fixture = Fixture()
        let call = try fixture.start()
        let transfer = try fixture.transfer
        fixture.sink.didAppend = { call.cancel() }
        transfer.receiveHead(200)
        transfer.receive(Fixture.delta("a") + Fixture.delta("b") + Fixture.done)
        transfer.end()
        #expect(fixture.sink.order == ["begin", "event"])
        fixture.sink.didAppend = {}
        fixture.expectNothingLeft()
    }

    @Test func `cancelling after the end does nothing`() throws {
        let fixture = Fixture()
        let call = try fixture.start()
        let transfer = try fixture.transfer
        transfer.end(.connect)
        call.cancel()
        #expect(!transfer.isCancelled)
        #expect(fixture.sink.order == ["end"])
    }

    // MARK: Places

    @Test func `more calls than allowed are refused at the end of the turn, without a transfer`() throws {
        let fixture = Fixture { $0.maxInFlight = 1 }
        let first = try fixture.start()
        let other = RecordingSink()
        let refused = fixture.upstream.start(try ChatRequest.saying("hi"), CallTerms(model: "m"), sink: other)
        #expect(other.isUntouched, "nothing is heard before start has returned")
        fixture.reactor.endTurn()
        #expect(other.error?.cause == .overloaded)
        #expect(fixture.transport.requests.count == 1)
        refused.resume()
        refused.cancel()
        first.cancel()
        fixture.expectNothingLeft()
    }

    @Test func `a refused call that is cancelled is silent`() throws {
        let fixture = Fixture { $0.maxInFlight = 0 }
        try fixture.start().cancel()
        fixture.reactor.endTurn()
        #expect(fixture.sink.isUntouched)
    }

    @Test func `a place is free again once its call is let go of`() throws {
        let fixture = Fixture { $0.maxInFlight = 1 }
        for _ in 0..<3 {
            try fixture.start()
            #expect(fixture.inFlight.current == 1)
            try fixture.transfer.end(.connect)
            fixture.expectNothingLeft()
        }
        #expect(fixture.transport.requests.count == 3)
    }
}
