/// Observations counted into the buckets of a layout: plain integers in line, no allocation, one scan per recording.
struct Histogram<Layout: BucketLayout>: Sendable {
    /// Observations per bucket, not cumulative; the last bucket has no upper bound.
    private(set) var counts = InlineArray<17, Int>(repeating: 0)
    private(set) var sum = 0

    /// Counts one observation, in the unit of the layout. A value equal to a bound belongs to the bucket under it.
    @inline(__always)
    mutating func record(_ value: Int) {
        let bounds = Layout.bounds
        var bucket = 0
        for index in 0..<16 { bucket += value > bounds[index] ? 1 : 0 }
        counts[bucket] += 1
        sum &+= value
    }

    var isEmpty: Bool { counts.indices.allSatisfy { counts[$0] == 0 } }

    /// The form in which histograms of all workers are added up.
    var distribution: Distribution {
        var bounds: [Int] = []
        for index in Layout.bounds.indices where Layout.bounds[index] != .max { bounds.append(Layout.bounds[index]) }
        var buckets = bounds.indices.map { counts[$0] }
        buckets.append(counts[Layout.bounds.count] + (bounds.count..<Layout.bounds.count).reduce(0) { $0 + counts[$1] })
        return Distribution(bounds: bounds, counts: buckets, sum: sum)
    }
}
