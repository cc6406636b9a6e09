import Testing

@testable import Policies

@Suite("Leases")
struct LeaseSetTests {
    @Test("Counts those that have not ended, whoever comes, goes and comes back", arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func counts(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var leases = LeaseSet()
        var expected: [Int: Int] = [:]
        var last = 0
        for now in 0..<2000 {
            // Mostly somebody new, now and then one who was there before.
            let holder = Int.random(in: 0..<4, using: &random) > 0 ? last + 1 : Int.random(in: 0...last, using: &random)
            let end = now + Int.random(in: 1...60, using: &random)
            last = max(last, holder)
            leases.hold(holder, until: end)
            expected[holder] = end
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let gone = Int.random(in: max(0, last - 40)...last, using: &random)
                leases.release(gone)
                expected[gone] = nil
            }
            #expect(leases.isEmpty == expected.isEmpty)
            // Leases that nobody asks for stay until somebody does.
            guard now % 3 == 0 else { continue }
            expected = expected.filter { $0.value > now }
            #expect(leases.count(now: now) == expected.count)
        }
    }

    @Test("Never has more gaps than leases")
    func bounded() {
        var leases = LeaseSet()
        for holder in 0..<1000 { leases.hold(holder, until: 1) }
        for holder in 0..<1000 {
            leases.release(holder)
            leases.release(holder)
            #expect(leases.gaps <= leases.count(now: 0))
        }
        #expect(leases.isEmpty)
    }
}
