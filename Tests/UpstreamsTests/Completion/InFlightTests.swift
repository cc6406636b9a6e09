import Synchronization
import Testing

@testable import Upstreams

/// Places for calls, and the line of those who wait for one.
struct InFlightTests {
    /// Who was granted a place, in order.
    private final class Grants: Sendable {
        let numbers = Mutex<[Int]>([])
        var all: [Int] { numbers.withLock { $0 } }
    }

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

    @Test func `those in line get the places in the order in which they came`() throws {
        let (places, grants) = (InFlight(), Grants())
        var slot = places.take(atMost: 1)
        let numbers = (0..<3).compactMap { _ in
            places.wait(atMost: 1, longest: 3) { number in grants.numbers.withLock { $0.append(number) } }
        }
        #expect(grants.all == [] && places.waiting == 3 && slot != nil)
        slot = nil
        #expect(grants.all == [numbers[0]])
        slot = places.adopt()
        #expect(places.leave(numbers[1]))
        slot = nil
        #expect(grants.all == [numbers[0], numbers[2]] && places.waiting == 0 && places.current == 1)
        #expect(!places.leave(numbers[2]))
        slot = places.adopt()
        slot = nil
        #expect(places.current == 0)
    }

    @Test func `nobody overtakes the line, and a full line takes nobody`() {
        let places = InFlight()
        let slot = places.take(atMost: 1)
        #expect(places.wait(atMost: 1, longest: 1) { _ in } != nil)
        #expect(places.wait(atMost: 1, longest: 1) { _ in } == nil)
        #expect(places.take(atMost: 2) == nil)
        withExtendedLifetime(slot) {}
    }

    @Test func `who comes to a free place in line is served at once`() {
        let (places, grants) = (InFlight(), Grants())
        let number = places.wait(atMost: 1, longest: 1) { number in grants.numbers.withLock { $0.append(number) } }
        #expect(grants.all == [number] && places.current == 1)
    }
}
