import Testing

@testable import Policies

/// How long repetitions wait.
struct BackoffTests {
    @Test(arguments: [(1, 100), (2, 200), (3, 400), (4, 500), (60, 500)])
    func `waits grow by the factor up to the longest`(number: Int, wait: Int) {
        let backoff = Backoff(first: 100, factor: 2, longest: 500, jitter: 0)
        #expect(backoff.delay(before: number, random: 7) == wait)
    }

    @Test func `jitter spreads waits over its share on both sides and no further`() {
        let backoff = Backoff(first: 1000, factor: 2, longest: 8000, jitter: 0.2)
        var random = SplitMix64(seed: 1)
        let waits = (0..<1000).map { _ in backoff.delay(before: 1, random: random.next()) }
        #expect(waits.allSatisfy { 800...1200 ~= $0 })
        #expect(waits.contains { $0 < 850 } && waits.contains { $0 > 1150 })
    }
}
