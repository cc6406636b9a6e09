/// Counts by one small closed set of labels, found by a scan: a few entries at most, so cheaper than a hash table.
///
/// Bounded: what comes after `limit` different labels is counted as `Label.other`.
struct LabelCounter<Label: OpenLabel>: Sendable {
    static var limit: Int { 64 }

    private(set) var entries: [(label: Label, count: Int)] = []

    mutating func add(_ label: Label) {
        for index in entries.indices where entries[index].label == label {
            entries[index].count += 1
            return
        }
        guard entries.count < Self.limit || label == .other else { return add(.other) }
        entries.append((label, 1))
    }
}
