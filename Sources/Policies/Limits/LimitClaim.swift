/// What one rule was asked for by a request, and what it said.
struct LimitClaim: Sendable {
    let rule: LimitRule
    /// As the request names it, for messages.
    let subject: String
    /// Whose counter was asked.
    let key: SubjectKey
    /// Where that counter is. Holds only within the call that found it.
    let place: Int
    /// What was taken or would have been, in the rule's unit.
    var amount = 0
    /// The budget's period that it was taken in.
    var period = 0
    var verdict = LimitDecision.Verdict.allowed

    /// Whether the counter holds the amount.
    var isTaken: Bool { verdict == .allowed || verdict == .warned }
}
