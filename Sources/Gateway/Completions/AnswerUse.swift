import Upstreams

/// What an answer has used, for whom it is counted.
struct AnswerUse: Sendable {
    /// Nil: nobody knows, or somebody else accounts for it.
    var usage: ChatChunkFacts.Usage?
    /// Nano-dollars; nil: the same.
    var cost: Int?
    /// Whom it was asked of, if who accounts for it has to tell that; nil: who has had it made does.
    var origin: AnswerOrigin?
}
