import Testing

@testable import Upstreams

/// When the echo model says what it says.
struct EchoPaceTests {
    @Test func `nothing is said before start has returned, all of it at the end of the turn`() throws {
        let fixture = EchoFixture()
        let call = fixture.start(try ChatRequest.saying("a b"))
        #expect(fixture.sink.isUntouched)
        fixture.reactor.endTurn()
        #expect(fixture.sink.isComplete)
        call.cancel()
    }

    @Test func `the first event comes after its delay, the others one gap apart`() throws {
        let fixture = EchoFixture {
            $0.firstEventDelay = 100
            $0.gap = 10
        }
        let call = fixture.start(try ChatRequest.saying("a b c"))
        fixture.reactor.advance(milliseconds: 99)
        #expect(fixture.sink.isUntouched)
        fixture.reactor.advance(milliseconds: 1)
        #expect(try EchoFixture.texts(of: fixture.sink) == ["a "])
        fixture.reactor.advance(milliseconds: 9)
        #expect(try EchoFixture.texts(of: fixture.sink) == ["a "])
        fixture.reactor.advance(milliseconds: 1)
        #expect(try EchoFixture.texts(of: fixture.sink) == ["a ", "b "])
        fixture.reactor.advance(milliseconds: 10)
        #expect(!fixture.sink.hasEnded)
        fixture.reactor.advance(milliseconds: 10)
        #expect(fixture.sink.isComplete)
        #expect(fixture.reactor.armed == 0)
        withExtendedLifetime(call) {}
    }

    @Test func `a full reader is waited for, and loses nothing`() throws {
        let fixture = EchoFixture()
        fixture.sink.didAppend = { fixture.sink.isFull = fixture.sink.events.count % 2 == 0 }
        let call = fixture.start(try ChatRequest.saying("a b c d e"))
        fixture.reactor.endTurn()
        #expect(fixture.sink.events.count == 2)
        fixture.reactor.advance(milliseconds: 10_000)
        #expect(fixture.sink.events.count == 2, "it says nothing until it is resumed")
        for _ in 0..<10 where !fixture.sink.hasEnded {
            fixture.sink.isFull = false
            call.resume()
            fixture.reactor.endTurn()
        }
        #expect(try EchoFixture.texts(of: fixture.sink).joined() == "a b c d e")
        #expect(fixture.sink.isComplete)
        fixture.sink.didAppend = {}
    }

    @Test func `resuming a call that is not paused does not hasten it`() throws {
        let fixture = EchoFixture { $0.gap = 10 }
        let call = fixture.start(try ChatRequest.saying("a b c"))
        fixture.reactor.endTurn()
        call.resume()
        fixture.reactor.endTurn()
        #expect(try EchoFixture.texts(of: fixture.sink) == ["a "])
    }

    @Test func `a cancelled call is silent in every phase`() throws {
        for milliseconds in [0, 50, 100, 110, 115] {
            let fixture = EchoFixture {
                $0.firstEventDelay = 100
                $0.gap = 10
            }
            let call = fixture.start(try ChatRequest.saying("a b c d"))
            fixture.reactor.advance(milliseconds: milliseconds)
            let before = fixture.sink.order
            call.cancel()
            call.resume()
            fixture.reactor.advance(milliseconds: 1000)
            #expect(fixture.sink.order == before, "after \(milliseconds) ms")
            #expect(fixture.reactor.armed == 0)
        }
    }

    @Test func `a reader that cancels on an event hears no other`() throws {
        let fixture = EchoFixture()
        let call = fixture.start(try ChatRequest.saying("a b c"))
        fixture.sink.didAppend = { call.cancel() }
        fixture.reactor.endTurn()
        #expect(fixture.sink.order == ["begin", "event"])
        fixture.sink.didAppend = {}
    }
}
