import Testing

@testable import Upstreams

/// The places of the calls on their way.
struct InFlightTests {
    @Test func `places are given up to the limit and come back when they are let go of`() {
        let inFlight = InFlight()
        var slots = (0..<3).compactMap { _ in inFlight.take(atMost: 3) }
        #expect(slots.count == 3)
        #expect(inFlight.current == 3)
        #expect(inFlight.take(atMost: 3) == nil)
        #expect(inFlight.current == 3, "a refusal takes no place")
        slots.removeLast()
        #expect(inFlight.current == 2)
        #expect(inFlight.take(atMost: 3) != nil)
        slots = []
        #expect(inFlight.current == 0)
    }
}
