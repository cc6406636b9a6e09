/// One row of what was used.
struct UsageRow: Equatable, Sendable {
    let key: UsageKey
    var counts: UsageCounts
}
