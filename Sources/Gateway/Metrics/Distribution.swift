/// The state of a histogram while a page is made, without its layout's type.
struct Distribution: Equatable, Sendable {
    /// Inclusive upper bounds, ascending.
    let bounds: [Int]
    /// Observations per bucket, not cumulative; one more than there are bounds.
    var counts: [Int]
    var sum: Int

    /// Adds another worker's observations; its bounds must be the same.
    mutating func add(_ other: Distribution) {
        precondition(bounds == other.bounds, "histograms of different layouts cannot be added")
        for index in counts.indices { counts[index] += other.counts[index] }
        sum &+= other.sum
    }
}
