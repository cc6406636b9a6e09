import Testing

@testable import Policies

/// Which key is shown next.
struct KeyRotationTests {
    @Test func `keys take turns and those that rest are passed over`() {
        var keys = KeyRotation(count: 3)
        #expect((0..<4).map { _ in keys.pick(at: 0) } == [.key(0), .key(1), .key(2), .key(0)])
        keys.rest(1, milliseconds: 100, isAsked: true, at: 0)
        #expect((0..<3).map { _ in keys.pick(at: 99) } == [.key(2), .key(0), .key(2)])
        #expect(keys.isResting(at: 99) && !keys.isResting(at: 100))
        #expect([keys.pick(at: 100), keys.pick(at: 100)] == [.key(0), .key(1)])
    }

    @Test func `when all rest it is told when the first is back, and which nobody asked to rest`() {
        var keys = KeyRotation(count: 2)
        keys.rest(0, milliseconds: 500, isAsked: true, at: 0)
        keys.rest(1, milliseconds: 300, isAsked: false, at: 0)
        #expect(keys.pick(at: 100) == .resting(milliseconds: 200, guessed: 1))
        keys.rest(1, milliseconds: 400, isAsked: true, at: 0)
        #expect(keys.pick(at: 100) == .resting(milliseconds: 300, guessed: nil))
    }

    @Test func `a shorter rest does not end a longer one`() {
        var keys = KeyRotation(count: 1)
        keys.rest(0, milliseconds: 500, isAsked: true, at: 0)
        keys.rest(0, milliseconds: 10, isAsked: false, at: 0)
        #expect(keys.pick(at: 100) == .resting(milliseconds: 400, guessed: nil))
    }
}
