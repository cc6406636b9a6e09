/// Draws one of several by weight.
package struct WeightedChoice: Sendable {
    /// Sums of the weights up to and with each place.
    private let sums: [Int]

    /// `weights`: at least one, none negative. If all are 0, each place is as likely as any other.
    package init(_ weights: [Int]) {
        precondition(!weights.isEmpty && weights.allSatisfy { $0 >= 0 }, "nothing to choose from")
        let weights = weights.contains { $0 > 0 } ? weights : weights.map { _ in 1 }
        var sum = 0
        sums = weights.map {
            sum += $0
            return sum
        }
    }

    /// The place that `random`, any number, falls on.
    package func pick(_ random: UInt64) -> Int {
        let total = sums[sums.count - 1]
        guard sums.count > 1 else { return 0 }
        let point = Int(random % UInt64(total))
        return sums.firstIndex { point < $0 } ?? 0
    }
}
