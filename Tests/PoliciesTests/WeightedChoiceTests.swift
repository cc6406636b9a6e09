import Testing

@testable import Policies

/// Drawing by weight.
struct WeightedChoiceTests {
    @Test(arguments: [[1], [1, 1], [1, 3], [5, 0, 5], [0, 0, 7], [1, 2, 3, 4], [1000, 1]])
    func `each place is drawn in proportion to its weight`(weights: [Int]) {
        let choice = WeightedChoice(weights)
        var random = SeededRandom(seed: 42)
        let draws = 40_000
        var hits = [Int](repeating: 0, count: weights.count)
        for _ in 0..<draws { hits[choice.pick(random.next())] += 1 }
        let total = weights.reduce(0, +)
        for (place, weight) in weights.enumerated() {
            let share = Double(weight) / Double(total)
            // Five standard deviations of a binomial distribution.
            let slack = 5 * (share * (1 - share) * Double(draws)).squareRoot()
            #expect(abs(Double(hits[place]) - share * Double(draws)) <= slack, "place \(place): \(hits)")
            if weight == 0 { #expect(hits[place] == 0) }
        }
    }

    @Test func `every number falls on the place whose run it is in`() {
        let choice = WeightedChoice([2, 0, 3])
        #expect((0..<10).map { choice.pick($0) } == [0, 0, 2, 2, 2, 0, 0, 2, 2, 2])
        #expect(choice.pick(.max) == 0, "2^64 - 1 is 0 modulo 5")
    }

    @Test func `without any weight all places are alike`() {
        let choice = WeightedChoice([0, 0, 0])
        #expect((0..<6).map { choice.pick($0) } == [0, 1, 2, 0, 1, 2])
    }
}
