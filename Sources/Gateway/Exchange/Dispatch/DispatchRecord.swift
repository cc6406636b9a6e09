import Upstreams

/// How a completion was made: who answered, after which attempts, and when.
///
/// One for each dispatch, which alone writes it; whoever tells of it reads it where it is.
final class DispatchRecord {
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
    /// All that have ended, with those that were made on their behalf.
    private(set) var calls = AttemptList()
    /// The number of the attempt whose answer it is.
    private var answering = 0

    func begin(_ attempt: Attempt) {
        begin(attempt.candidate, at: attempt.startedAt)
        answering = attempt.number
    }

    func begin(_ candidate: Candidate, at time: MonotonicTime) {
        attempts += 1
        startedAt = startedAt ?? time
        name(candidate)
    }

    /// The answer is this attempt's.
    func name(_ attempt: Attempt) {
        name(attempt.candidate)
        answering = attempt.number
    }

    private func name(_ candidate: Candidate) {
        upstream = candidate.destination.upstream
        model = candidate.model
    }

    func ended(_ attempt: AttemptRecord) { calls.append(attempt) }

    /// Calls that an upstream made to answer.
    func add(_ others: AttemptList, caller: String) { calls.add(others, caller: caller) }

    /// Nano-dollars of the answer; nil while it is being made, or if nobody knows.
    var cost: Int? { calls.attempt(answering)?.cost }

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
