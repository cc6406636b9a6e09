/// One call that was made for a completion, as the access log tells it.
struct AttemptRecord: Sendable {
    let upstream: String
    /// The model's name there.
    let model: String
    /// `ok`, a kind of failure, `cancelled` (nobody wanted it), or `lost` (another answered first).
    let outcome: String
    let nanoseconds: Int
}
