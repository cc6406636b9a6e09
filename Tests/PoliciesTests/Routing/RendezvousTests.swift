import Testing

@testable import Policies

/// What stays where when targets come and go.
struct RendezvousTests {
    private func nearest(_ key: UInt64, _ targets: [UInt64]) -> UInt64? {
        targets.min { Rendezvous.distance(key, $0, weight: 1) < Rendezvous.distance(key, $1, weight: 1) }
    }

    @Test func `keys of a target that goes spread over the others, and no other key moves`() {
        let targets = (0..<5).map { Rendezvous.hash("target-\($0)".utf8) }
        var moved = [UInt64: Int]()
        for number in 0..<5000 {
            let key = Rendezvous.hash("user-\(number)".utf8)
            let before = nearest(key, targets)
            let after = nearest(key, Array(targets.dropFirst()))
            if before == targets[0] { moved[after ?? 0, default: 0] += 1 } else { #expect(before == after) }
        }
        #expect(moved.count == 4 && moved.values.allSatisfy { 150...350 ~= $0 })
    }

    @Test(arguments: [(1.0, 0.0), (2.0, 0.693147180559945), (0.5, -0.693147180559945), (1e-9, -20.72326583694641)])
    func `the logarithm is right`(number: Double, expected: Double) {
        #expect(abs(Rendezvous.naturalLogarithm(number) - expected) < 1e-12)
    }
}
