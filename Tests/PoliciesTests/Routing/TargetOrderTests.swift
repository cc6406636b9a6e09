import Testing

@testable import Policies

/// The order in which targets are asked.
struct TargetOrderTests {
    private func shares(
        _ balance: Balance, _ targets: [TargetFigures], requests: Int = 6000, hash: (Int) -> UInt64 = { _ in 0 }
    ) -> [Double] {
        var random = SplitMix64(seed: 5)
        var counts = [Int](repeating: 0, count: targets.count)
        for request in 0..<requests {
            let order = TargetOrder.make(balance, targets, turn: request, hash: hash(request), random: &random)
            counts[order[0]] += 1
        }
        return counts.map { Double($0) / Double(requests) }
    }

    @Test(arguments: Balance.allCases, 0..<6)
    func `every target comes once, whatever the figures`(balance: Balance, count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        for turn in 0..<200 {
            let targets = (0..<count).map { number in
                TargetFigures(
                    weight: 1 + Int(random.next() % 5), inFlight: Int(random.next() % 9),
                    latency: Double(random.next() % 900), price: random.next() % 2 == 0 ? nil : 3,
                    name: UInt64(number))
            }
            let order = TargetOrder.make(balance, targets, turn: turn, hash: random.next(), random: &random)
            #expect(order.sorted() == Array(0..<count))
        }
    }

    @Test(arguments: [Balance.weighted, .roundRobin, .hash])
    func `shares follow the weights`(balance: Balance) {
        let targets = [1, 2, 3].enumerated().map { TargetFigures(weight: $1, name: UInt64($0) &* 7919) }
        let shares = shares(balance, targets) { Rendezvous.hash("user-\($0)".utf8) }
        for (share, wanted) in zip(shares, [1.0 / 6, 2.0 / 6, 3.0 / 6]) { #expect(abs(share - wanted) < 0.03) }
    }

    @Test func `round robin is exact over every run of the sum of weights`() {
        let targets = [TargetFigures(weight: 3), TargetFigures(weight: 2)]
        var random = SplitMix64(seed: 0)
        let firsts = (0..<50).map { TargetOrder.make(.roundRobin, targets, turn: $0, random: &random)[0] }
        for start in 0..<45 { #expect(firsts[start..<start + 5].count { $0 == 0 } == 3) }
    }

    @Test func `the fewest calls in relation to the weight go first`() {
        var random = SplitMix64(seed: 0)
        let targets = [
            TargetFigures(weight: 1, inFlight: 3), TargetFigures(weight: 10, inFlight: 9),
            TargetFigures(weight: 1, inFlight: 2),
        ]
        #expect(TargetOrder.make(.leastInFlight, targets, random: &random) == [1, 2, 0])
    }

    @Test func `idle equals take turns`() {
        let shares = shares(.leastInFlight, [TargetFigures(weight: 1), TargetFigures(weight: 1)])
        #expect(abs(shares[0] - 0.5) < 0.03)
    }

    @Test func `the cheapest goes first, and what has no price last`() {
        var random = SplitMix64(seed: 0)
        let targets = [
            TargetFigures(weight: 1), TargetFigures(weight: 1, price: 9), TargetFigures(weight: 1, price: 2),
        ]
        #expect(TargetOrder.make(.cost, targets, random: &random) == [2, 1, 0])
    }

    @Test func `a slow target is hardly the first choice, and of two never`() {
        let slow = TargetFigures(weight: 1, latency: 900)
        let fast = TargetFigures(weight: 1, latency: 30)
        #expect(shares(.latency, [slow, fast])[0] == 0)
        #expect(shares(.latency, [slow, fast, fast])[0] == 0)
    }

    @Test func `calls on their way make a fast target slow`() {
        let busy = TargetFigures(weight: 1, inFlight: 40, latency: 30)
        #expect(shares(.latency, [busy, TargetFigures(weight: 1, latency: 300)])[0] == 0)
    }
}
