import Upstreams

/// How a completion was made: who answered, after which attempts, and when.
struct DispatchRecord {
    /// The upstream that answered, or that was called last; empty: none.
    private(set) var upstream = ""
    /// The model's name there.
    private(set) var model = ""
    /// Calls begun.
    private(set) var attempts = 0
    /// When the first attempt began.
    private(set) var startedAt: MonotonicTime?
    /// When the last attempt ended; nil while it runs.
    var endedAt: MonotonicTime?
    private var last: AttemptRecord?
    private var earlier: [AttemptRecord] = []

    mutating func begin(_ attempt: Attempt) {
        attempts += 1
        startedAt = startedAt ?? attempt.startedAt
        name(attempt)
    }

    /// The answer is this attempt's.
    mutating func name(_ attempt: Attempt) {
        upstream = attempt.candidate.destination.upstream
        model = attempt.candidate.model
    }

    mutating func ended(_ attempt: AttemptRecord) {
        if let last { earlier.append(last) }
        last = attempt
    }

    /// All that have ended, where there were several.
    var calls: [AttemptRecord] {
        guard let last, !earlier.isEmpty else { return [] }
        return earlier + [last]
    }

    /// Nanoseconds that upstreams have taken until `now`; nil if none was called.
    func upstreamNanoseconds(now: MonotonicTime) -> Int? {
        startedAt.map { Int((endedAt ?? now).nanoseconds - $0.nanoseconds) }
    }

    /// `x-attempts` and `x-served-by`, unless a policy says something else of them.
    func write(to output: inout ByteBuffer, _ policies: AnswerFields) {
        guard attempts > 0 else { return }
        if policies.isEmpty || policies.passes("x-attempts", usually: true) {
            output.appendField("x-attempts", attempts)
        }
        if policies.isEmpty || policies.passes("x-served-by", usually: true) {
            output.appendField("x-served-by", upstream)
        }
    }
}
