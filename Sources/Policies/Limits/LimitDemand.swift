/// What a request asks of one rule: whose counter it names.
struct LimitDemand: Sendable {
    let rule: LimitRule
    let subject: String
    /// In a queue; 0 goes first.
    let priority: Int

    init(rule: LimitRule, subject: String, priority: Int = 0) {
        self.rule = rule
        self.subject = subject
        self.priority = priority
    }

    /// What a request asks of a rule that is for it.
    init(_ rule: LimitRule, _ facts: RequestFacts) {
        self.rule = rule
        subject = rule.subject.value(in: facts)
        priority = rule.priority(of: facts)
    }

    /// The counter that it names.
    var key: SubjectKey { SubjectKey(rule: rule.number, subject: subject) }

    /// The counter that a claim has found for it.
    func key(of claim: LimitClaim) -> SubjectKey { claim.isOverflow ? .overflow(rule.number) : key }
}
