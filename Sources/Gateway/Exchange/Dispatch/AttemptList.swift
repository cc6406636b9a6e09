/// Calls in the order in which they ended. One alone takes no allocation.
struct AttemptList: Sendable {
    private var first: AttemptRecord?
    private var further: [AttemptRecord] = []

    /// Calls of others that are kept at most, so that a line of the log stays one that can be read.
    private static let maxAdded = 100

    init() {}

    var isEmpty: Bool { first == nil }
    var count: Int { first == nil ? 0 : 1 + further.count }

    mutating func append(_ attempt: AttemptRecord) {
        if first == nil { first = attempt } else { further.append(attempt) }
    }

    /// Adds calls of another completion, as far as there is room. `caller`: the upstream on whose behalf they were made.
    mutating func add(_ others: AttemptList, caller: String = "") {
        if isEmpty, caller.isEmpty, others.count <= Self.maxAdded { return self = others }
        others.forEach { attempt in
            guard count < Self.maxAdded else { return }
            append(attempt.caller.isEmpty && !caller.isEmpty ? attempt.made(for: caller) : attempt)
        }
    }

    func forEach(_ body: (AttemptRecord) -> Void) {
        if let first { body(first) }
        for attempt in further { body(attempt) }
    }

    /// The attempt of this number that the completion itself made.
    func attempt(_ number: Int) -> AttemptRecord? {
        if let first, first.number == number, first.caller.isEmpty { return first }
        return further.first { $0.number == number && $0.caller.isEmpty }
    }
}
