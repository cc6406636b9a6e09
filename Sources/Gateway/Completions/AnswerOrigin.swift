import Upstreams

/// Whom an answer was asked of, and who gave it, as the access log tells it.
struct AnswerOrigin: Sendable {
    /// The upstream that answered, or that was called last; empty: none.
    var upstream = ""
    /// The model's name there.
    var model = ""
    /// Calls begun.
    var attempts = 0
    /// All calls that have ended, with those that were made on their behalf.
    var calls = AttemptList()
    /// When the first call began; nil: none was made.
    var startedAt: MonotonicTime?
    /// When the last call ended; nil while it runs.
    var endedAt: MonotonicTime?

    /// Nanoseconds that upstreams have taken until `now`; nil if none was called.
    func upstreamNanoseconds(now: MonotonicTime) -> Int? {
        startedAt.map { Int((endedAt ?? now).nanoseconds - $0.nanoseconds) }
    }
}

extension AccessLogEntry {
    /// Adds what an answer took, until `now`.
    mutating func add(_ origin: AnswerOrigin, now: MonotonicTime) {
        upstream = origin.upstream
        upstreamModel = origin.model
        attempts += origin.attempts
        calls.add(origin.calls)
        if let taken = origin.upstreamNanoseconds(now: now) {
            upstreamNanoseconds = (upstreamNanoseconds ?? 0) + taken
        }
    }
}
