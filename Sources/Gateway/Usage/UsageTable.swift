/// Who has used how much of which model, on one worker, since the process began. Outlives reloads.
///
/// Bounded: once `limit` rows are there, what would be a further one is counted as `UsageKey.other`. Belongs to the
/// worker's thread: adds to plain integers, without a lock.
struct UsageTable {
    private let limit: Int
    private var places: [UsageKey: Int] = [:]
    private var counts: [UsageCounts] = []

    init(limit: Int = 10_000) {
        precondition(limit > 0, "a table needs room for one row")
        self.limit = limit
    }

    mutating func add(_ more: UsageCounts, to key: UsageKey) {
        if let place = places[key] { return counts[place].add(more) }
        guard counts.count < limit || key == .other else { return add(more, to: .other) }
        places[key] = counts.count
        counts.append(more)
    }

    /// A copy of all rows, in no order.
    var rows: [UsageRow] { places.map { UsageRow(key: $0.key, counts: counts[$0.value]) } }
}
