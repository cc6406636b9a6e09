package import Policies

/// How many requests may be under way at once.
package struct ConcurrencyPolicyConfiguration: Sendable {
    package let subject: LimitSubject
    package let setting: ConcurrencySetting
    package let maxSubjects: Int
    /// Default local.
    package let onStoreFailure: StoreFailure

    package init(_ r: ConfigReader) {
        subject = r.limitSubject()
        let max = r.required(
            "max", .int(in: 1...1_000_000, unit: .count), example: .integer(32), doc: "Most requests under way at once."
        )
        let lease = r.milliseconds(
            "lease_ms", default: 60_000, in: 1000...86_400_000,
            doc: "A place whose holder has not shown itself for so long is free.")
        let queue = r.optional(
            "queue", .object(Self.queue), doc: "Lets requests wait for a place; without it they are refused at once.")
        let priorities = r.value(
            "priority", .list(of: .object(Self.priority)), default: [],
            example: .array([.object([("keys", .array([.string("gold-*")]))])]),
            doc: "Who goes first in the queue: the first entry that fits gives the class; who fits none goes last.")
        setting = ConcurrencySetting(max: max, lease: lease * 1_000_000, queue: queue, priorities: priorities)
        maxSubjects = r.maxSubjects()
        onStoreFailure = r.onStoreFailure()
        if queue == nil, !priorities.isEmpty { r.report("expected only with a queue", at: "priority") }
    }

    private static func queue(_ r: ConfigReader) -> ConcurrencySetting.Queue {
        ConcurrencySetting.Queue(
            max: r.required(
                "max", .int(in: 1...1_000_000, unit: .count), example: .integer(100),
                doc: "Most requests that wait; further ones are refused with 429."),
            deadline: r.milliseconds(
                "deadline_ms", default: 10_000, doc: "Who has waited for so long is refused with 408.") * 1_000_000)
    }

    private static func priority(_ r: ConfigReader) -> MatchRule {
        var rule = MatchRule()
        rule.keyIDs = r.value(
            "keys", .list(of: .string()), default: [], example: .array([.string("gold-*")]),
            doc: "Ids of keys, with `*`; empty: any."
        ).map { Glob($0) }
        let headers = r.value(
            "headers", .map(of: .string()), default: [], example: .object([("x-priority", .string("high"))]),
            doc: "Request headers that must be there, each with a value that may hold `*`.")
        for header in headers { rule.headers[header.name.lowercased()] = Glob(header.value) }
        return rule
    }
}
