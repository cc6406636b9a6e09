/// What one rule was asked for by a request, and what it said.
struct LimitClaim: Sendable {
    let rule: LimitRule
    /// As the request names it, for messages.
    let subject: String
    /// The counter is that of all subjects that came after the rule's bound was met.
    private let isOverflow: Bool
    /// Where that counter is. Holds only within the call that found it, and is a good guess later.
    let place: Int
    /// What was taken or would have been, in the rule's unit.
    var amount = 0
    /// The budget's period that it was taken in.
    var period = 0
    var verdict = LimitDecision.Verdict.allowed

    /// `key`: whose counter was asked.
    init(rule: LimitRule, subject: String, key: SubjectKey, place: Int) {
        self.rule = rule
        self.subject = subject
        isOverflow = key.subject == nil
        self.place = place
    }

    /// Whose counter was asked.
    var key: SubjectKey { isOverflow ? .overflow(rule.number) : SubjectKey(rule: rule.number, subject: subject) }

    /// Whether the counter holds the amount.
    var isTaken: Bool { verdict == .allowed || verdict == .warned }
}
