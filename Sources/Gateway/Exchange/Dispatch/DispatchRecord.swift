import Upstreams

/// How a completion was made: who answered, after how many attempts, and when.
struct DispatchRecord {
    /// The upstream that was called last; empty: none.
    private(set) var upstream = ""
    /// The model's name there.
    private(set) var model = ""
    private(set) var attempts = 0
    /// When the first attempt began.
    private(set) var startedAt: MonotonicTime?
    /// When the last attempt ended; nil while it runs.
    var endedAt: MonotonicTime?

    mutating func begin(_ target: ModelTarget, model: String, at time: MonotonicTime) {
        upstream = target.upstream
        self.model = model
        attempts += 1
        startedAt = startedAt ?? time
    }

    /// Nanoseconds that upstreams have taken until `now`; nil if none was called.
    func upstreamNanoseconds(now: MonotonicTime) -> Int? {
        startedAt.map { Int((endedAt ?? now).nanoseconds - $0.nanoseconds) }
    }
}
