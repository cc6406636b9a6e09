import Testing

@testable import Policies

/// Bounds on additional calls.
struct CallBudgetTests {
    @Test func `additional calls never exceed their share of a window's requests, beyond the reserve`() {
        var budget = CallBudget()
        var random = SplitMix64(seed: 3)
        var (requests, extra): ([Int], [Int]) = ([], [])
        var now = 0
        for _ in 0..<20_000 {
            now += Int(random.next() % 20)
            if random.next() % 3 > 0 {
                budget.add(requests: 1, slice: CallBudget.slice(now))
                requests.append(now)
            } else if budget.take(share: 0.2, reserve: 3, now: now) {
                extra.append(now)
                let since = (CallBudget.slice(now) - CallBudget.window + 1) * 1000
                let seen = requests.reversed().prefix { $0 >= since }.count
                let taken = extra.reversed().prefix { $0 >= since }.count
                #expect(taken <= max(3, seen / 5))
            }
        }
        #expect(extra.count > requests.count / 8)
    }

    @Test func `a window that is over counts no more`() {
        var budget = CallBudget()
        let taken = [500, 500, 500, 9_999, 10_000].map { budget.take(share: 0.2, reserve: 3, now: $0) }
        #expect(taken == [true, true, true, false, true])
    }

    @Test func `a share of nothing allows the reserve alone`() {
        var budget = CallBudget()
        budget.add(requests: 1000, slice: 0)
        let isTaken = budget.take(share: 0, reserve: 0, now: 0)
        #expect(!isTaken)
    }
}
