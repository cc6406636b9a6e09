import Testing
import Upstreams

@testable import Gateway

/// Waiting for a place at an upstream.
struct PlaceDeskTests {
    private let loop = EventLoop()
    private let places = InFlight()

    private func wait(
        _ desk: PlaceDesk, milliseconds: Int = 5000, then: @escaping (InFlight.Slot?) -> Void
    ) -> PlaceWait? {
        desk.wait(for: places, atMost: 1, longest: 1, milliseconds: milliseconds, then: then)
    }

    @Test func `a place that comes free reaches the one who waits`() {
        let desk = PlaceDesk(loop: loop)
        var taken = places.take(atMost: 1)
        var granted: InFlight.Slot?
        let wait = wait(desk) { granted = $0 }
        #expect(wait != nil && taken != nil)
        taken = nil
        #expect(loop.turn { granted != nil })
        #expect(places.current == 1)
    }

    @Test func `whoever waits too long hears so, and leaves the line`() {
        let desk = PlaceDesk(loop: loop)
        let taken = places.take(atMost: 1)
        var isOver = false
        let wait = wait(desk, milliseconds: 1) { slot in isOver = slot == nil }
        #expect(loop.turn { isOver })
        #expect(wait != nil && taken != nil && places.waiting == 0)
    }

    @Test func `a place that was granted to someone who has left is given back`() {
        let desk = PlaceDesk(loop: loop)
        var taken = places.take(atMost: 1)
        var heard = false
        let wait = wait(desk) { _ in heard = true }
        #expect(taken != nil)
        taken = nil
        #expect(places.current == 1)
        wait?.cancel()
        #expect(loop.turn { places.current == 0 })
        #expect(!heard)
    }

    @Test func `a full line takes nobody`() {
        let desk = PlaceDesk(loop: loop)
        let taken = places.take(atMost: 1)
        let first = wait(desk) { _ in }
        #expect(first != nil && wait(desk) { _ in } == nil)
        first?.cancel()
        withExtendedLifetime(taken) {}
    }
}
