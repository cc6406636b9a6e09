import Upstreams

/// One call that was made for a completion, as the access log tells it.
struct AttemptRecord: Sendable {
    /// Which attempt of its completion it is, from 1.
    var number = 1
    /// The gateway's model whose target was called.
    var model = ""
    var upstream = ""
    /// The model's name there.
    var upstreamModel = ""
    /// The upstream that asked in its turn; empty: the completion itself did.
    var caller = ""
    /// `ok`, a kind of failure, `cancelled` (nobody wanted it), `lost` (another answered first), or `running`.
    var outcome = "ok"
    var nanoseconds = 0
    /// As the provider has told it so far; nil: it has not.
    var usage: ChatChunkFacts.Usage?
    /// Nano-dollars; nil: nobody knows.
    var cost: Int?
}
