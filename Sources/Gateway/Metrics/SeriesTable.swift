/// The series of one kind on one worker, found by their labels.
///
/// Bounded: once `limit` label sets are known, every further one shares the series of `Key.other`.
struct SeriesTable<Key: MetricKey> {
    let limit: Int
    private var series: [Key: MetricSeries<Key>] = [:]

    init(limit: Int) {
        precondition(limit > 0, "a table needs room for one series")
        self.limit = limit
    }

    mutating func find(_ key: Key) -> MetricSeries<Key> {
        if let known = series[key] { return known }
        guard series.count < limit || key == .other else { return find(.other) }
        let fresh = MetricSeries(key)
        series[key] = fresh
        return fresh
    }

    /// Every label set with a copy of its numbers.
    var contents: [(Key, Key.Values)] { series.values.map { ($0.key, $0.values) } }
}
