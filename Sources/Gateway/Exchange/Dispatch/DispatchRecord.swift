import Upstreams

/// How a completion was made: who answered, after which attempts, and when.
///
/// One for each dispatch, which alone writes it; whoever tells of it reads it where it is.
final class DispatchRecord {
    /// Without the calls that are under way.
    private(set) var origin = AnswerOrigin() {
        didSet { log?.note(origin) }
    }
    /// The log whose readers tell of it, since none of them has had it made; nil: the request that has.
    var log: SharedLog?
    /// The number of the attempt whose answer it is.
    private var answering = 0

    var upstream: String { origin.upstream }
    var model: String { origin.model }
    var attempts: Int { origin.attempts }
    var calls: AttemptList { origin.calls }

    /// When the last attempt ended; nil while it runs.
    var endedAt: MonotonicTime? {
        get { origin.endedAt }
        set { origin.endedAt = newValue }
    }

    func begin(_ attempt: Attempt) {
        begin(attempt.candidate, at: attempt.startedAt)
        answering = attempt.number
    }

    func begin(_ candidate: Candidate, at time: MonotonicTime) {
        origin.attempts += 1
        origin.startedAt = origin.startedAt ?? time
        name(candidate)
    }

    /// The answer is this attempt's.
    func name(_ attempt: Attempt) {
        name(attempt.candidate)
        answering = attempt.number
    }

    private func name(_ candidate: Candidate) {
        origin.upstream = candidate.destination.upstream
        origin.model = candidate.model
    }

    func ended(_ attempt: AttemptRecord) { origin.calls.append(attempt) }

    /// Calls that an upstream made to answer.
    func add(_ others: AttemptList, caller: String) { origin.calls.add(others, caller: caller) }

    /// Nano-dollars of the answer; nil while it is being made, or if nobody knows.
    var cost: Int? { calls.attempt(answering)?.cost }

    /// Nanoseconds that upstreams have taken until `now`; nil if none was called.
    func upstreamNanoseconds(now: MonotonicTime) -> Int? { origin.upstreamNanoseconds(now: now) }

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
