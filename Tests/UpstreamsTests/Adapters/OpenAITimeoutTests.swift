import Testing

@testable import Upstreams

/// The three clocks of a call: first event 1,000 ms, between events 300 ms, in all 5,000 ms.
struct OpenAITimeoutTests {
    typealias Fixture = OpenAIFixture

    @Test func `content must come in time, whatever else does`() throws {
        let fixture = Fixture()
        try fixture.start()
        let transfer = try fixture.transfer
        fixture.reactor.advance(milliseconds: 900)
        transfer.receiveHead(200)
        transfer.receive(Fixture.role + ": comment\n\n")
        fixture.reactor.advance(milliseconds: 99)
        #expect(!fixture.sink.hasEnded)
        fixture.reactor.advance(milliseconds: 1)
        #expect(fixture.sink.error?.cause == .firstEventTimeout)
        #expect(fixture.sink.error?.message == "The provider sent no content within 1000 ms.")
        #expect(transfer.isCancelled)
        fixture.expectNothingLeft()
    }

    @Test func `a connection must stand in time`() throws {
        let fixture = Fixture()
        try fixture.start(timeouts: CallTimeouts(connect: 200, firstEvent: 1000, idle: 300, total: 5000))
        let transfer = try fixture.transfer
        transfer.isConnected = false
        fixture.reactor.advance(milliseconds: 199)
        #expect(!fixture.sink.hasEnded)
        fixture.reactor.advance(milliseconds: 1)
        #expect(fixture.sink.error?.cause == .connectTimeout)
        fixture.expectNothingLeft()
    }

    @Test func `a connection that stands is given the time of the first event`() throws {
        let fixture = Fixture()
        try fixture.start(timeouts: CallTimeouts(connect: 200, firstEvent: 1000, idle: 300, total: 5000))
        fixture.reactor.advance(milliseconds: 999)
        #expect(!fixture.sink.hasEnded)
        fixture.reactor.advance(milliseconds: 1)
        #expect(fixture.sink.error?.cause == .firstEventTimeout)
        fixture.expectNothingLeft()
    }

    @Test func `each event winds the idle clock up again`() throws {
        let fixture = Fixture()
        let transfer = try fixture.stream()
        for _ in 0..<10 {
            transfer.receive(Fixture.delta("a"))
            fixture.reactor.advance(milliseconds: 299)
            #expect(!fixture.sink.hasEnded)
        }
        fixture.reactor.advance(milliseconds: 1)
        #expect(fixture.sink.error?.cause == .idleTimeout)
        #expect(fixture.sink.events.count == 10)
        #expect(transfer.isCancelled)
        fixture.expectNothingLeft()
    }

    @Test func `comments and half an event do not wind it up`() throws {
        let fixture = Fixture()
        let transfer = try fixture.stream()
        transfer.receive(Fixture.delta("a"))
        for _ in 0..<30 {
            transfer.receive(": ping\n\n")
            fixture.reactor.advance(milliseconds: 10)
        }
        #expect(fixture.sink.error?.cause == .idleTimeout)
    }

    @Test func `the whole answer has its own clock, which nothing winds up`() throws {
        let fixture = Fixture()
        let transfer = try fixture.stream()
        for _ in 0..<49 {
            transfer.receive(Fixture.delta("a"))
            fixture.reactor.advance(milliseconds: 100)
        }
        transfer.receive(Fixture.delta("a"))
        fixture.reactor.advance(milliseconds: 99)
        #expect(!fixture.sink.hasEnded)
        fixture.reactor.advance(milliseconds: 1)
        #expect(fixture.sink.error?.cause == .totalTimeout)
        fixture.expectNothingLeft()
    }

    @Test func `an answer that is no stream is bounded by the total alone`() throws {
        let fixture = Fixture()
        try fixture.start(ChatRequest.saying("hi", isStream: false))
        fixture.reactor.advance(milliseconds: 4999)
        #expect(!fixture.sink.hasEnded)
        fixture.reactor.advance(milliseconds: 1)
        #expect(fixture.sink.error?.cause == .totalTimeout)
        fixture.expectNothingLeft()
    }

    @Test func `the idle clock stands still while the reader is full`() throws {
        let fixture = Fixture()
        let call = try fixture.start()
        let transfer = try fixture.transfer
        transfer.receiveHead(200)
        transfer.receive(Fixture.delta("a"))
        fixture.sink.isFull = true
        transfer.receive(Fixture.delta("b"))
        #expect(transfer.isPaused)
        fixture.reactor.advance(milliseconds: 2000)
        #expect(!fixture.sink.hasEnded)
        fixture.sink.isFull = false
        call.resume()
        #expect(fixture.sink.events.count == 2)
        fixture.reactor.advance(milliseconds: 299)
        #expect(!fixture.sink.hasEnded)
        fixture.reactor.advance(milliseconds: 1)
        #expect(fixture.sink.error?.cause == .idleTimeout)
    }

    @Test func `a pause before the first content does not count against it`() throws {
        let fixture = Fixture()
        let call = try fixture.start()
        let transfer = try fixture.transfer
        transfer.receiveHead(200)
        fixture.sink.isFull = true
        transfer.receive(Fixture.role)
        fixture.reactor.advance(milliseconds: 1500)
        fixture.sink.isFull = false
        call.resume()
        fixture.reactor.advance(milliseconds: 10)
        #expect(!fixture.sink.hasEnded)
        transfer.receive(Fixture.delta("a") + Fixture.done)
        transfer.end()
        #expect(fixture.sink.isComplete)
    }

    @Test func `the total clock goes on while the reader is full`() throws {
        let fixture = Fixture()
        let transfer = try fixture.stream()
        fixture.sink.isFull = true
        transfer.receive(Fixture.delta("a"))
        fixture.reactor.advance(milliseconds: 5000)
        #expect(fixture.sink.error?.cause == .totalTimeout)
        fixture.expectNothingLeft()
    }

    @Test func `no clock is left behind by a proper end`() throws {
        let fixture = Fixture()
        let transfer = try fixture.stream()
        transfer.receive(Fixture.delta("a") + Fixture.done)
        transfer.end()
        fixture.reactor.advance(milliseconds: 10_000)
        #expect(fixture.sink.isComplete)
    }
}
