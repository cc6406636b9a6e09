package import Policies

/// Which answers are kept and shared.
package struct CachePolicyConfiguration: Sendable {
    /// What becomes of an answer that is being written when nobody reads it any more.
    package enum Abandonment: String, CaseIterable, Sendable {
        case cancel
        case finish
    }

    /// Default 900,000; 0: none is kept, answers are only shared while they are written.
    package let timeToLiveMs: Int
    /// Default user.
    package let scope: CacheScope
    /// Default false.
    package let coalesce: Bool
    /// Nil (default): any.
    package let maxTemperature: Double?
    /// Default 1,048,576.
    package let maxEntryBytes: Int
    /// Default cancel.
    package let whenAbandoned: Abandonment

    package init(_ r: ConfigReader) {
        timeToLiveMs = r.milliseconds(
            "ttl_ms", default: 900_000, in: 0...2_592_000_000,
            doc: "How long an answer is kept after it was whole; 0: not at all, for `coalesce` alone.")
        scope = r.value(
            "scope", .choice(.user), default: .user,
            doc: "Who shares answers: each `user` alone (without a user: each key), a `team`, or all (`global`).")
        coalesce = r.value(
            "coalesce", .bool, default: false,
            doc: "A request whose like is being answered reads that answer along, from its start.")
        maxTemperature = r.optional(
            "max_temperature", .double(in: 0...2, unit: .count), example: .number(0),
            doc: "Requests with a higher temperature are not shared; one that names none has 1. Without it any are.")
        maxEntryBytes = r.int(
            "max_entry_bytes", default: 1_048_576, in: 1024...1_073_741_824, unit: .bytes,
            doc: "Largest answer that is kept.")
        whenAbandoned = r.value(
            "when_abandoned", .choice(.cancel), default: .cancel,
            doc: "When nobody reads an answer any more that is being written: `cancel` it, or `finish` it to keep it.")
        if timeToLiveMs == 0, !coalesce { r.report("expected above 0 unless \"coalesce\": true", at: "ttl_ms") }
    }
}
