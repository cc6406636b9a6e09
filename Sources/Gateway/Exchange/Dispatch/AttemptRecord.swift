import Upstreams

/// One call that was made for a completion, as the access log tells it.
///
/// Immutable, and a class, since all who tell of the completion keep it.
final class AttemptRecord: Sendable {
    /// Which attempt of its completion it is, from 1.
    let number: Int
    /// The gateway's model whose target was called.
    let model: String
    let upstream: String
    /// The model's name there.
    let upstreamModel: String
    /// The upstream that asked in its turn; empty: the completion itself did.
    let caller: String
    /// `ok`, a kind of failure, `cancelled` (nobody wanted it), `lost` (another answered first), or `running`.
    let outcome: String
    let nanoseconds: Int
    /// As the provider has told it so far; nil: it has not.
    let usage: ChatChunkFacts.Usage?
    /// Nano-dollars; nil: nobody knows.
    let cost: Int?

    init(
        number: Int = 1, model: String = "", upstream: String = "", upstreamModel: String = "", caller: String = "",
        outcome: String = "ok", nanoseconds: Int = 0, usage: ChatChunkFacts.Usage? = nil, cost: Int? = nil
    ) {
        self.number = number
        self.model = model
        self.upstream = upstream
        self.upstreamModel = upstreamModel
        self.caller = caller
        self.outcome = outcome
        self.nanoseconds = nanoseconds
        self.usage = usage
        self.cost = cost
    }

    /// The same, told as made on behalf of an upstream.
    func made(for caller: String) -> AttemptRecord {
        AttemptRecord(
            number: number, model: model, upstream: upstream, upstreamModel: upstreamModel, caller: caller,
            outcome: outcome, nanoseconds: nanoseconds, usage: usage, cost: cost)
    }
}
