/// What became of a request at counters that are kept elsewhere.
package enum LimitVerdict: Sendable {
    case admitted(LimitGrant)
    case refused(LimitRefusal)
    /// Nothing was taken; the request may wait for a place of this term.
    case line(LimitTerm, ConcurrencySetting.Queue, LimitDecision)
}

extension LimitRequest {
    /// Reads findings, one for each term. They were made in one step, which has taken all amounts, or nothing if a term
    /// of a rule that is not in shadow mode was not met.
    ///
    /// - Parameters:
    ///   - id: of the grant, if there is one.
    ///   - takenAt: when, in nanoseconds.
    ///   - mayWait: whether there is room in the line for a place of this term.
    package func verdict(
        of findings: [LimitFinding], on terms: [LimitTerm], id: Int, takenAt: Int, mayWait: (LimitTerm) -> Bool
    ) -> LimitVerdict {
        var claims: [LimitClaim] = []
        var figures = RateFigures()
        var refusal: LimitRefusal?
        var line: (LimitTerm, ConcurrencySetting.Queue, LimitDecision)?
        for (term, finding) in zip(terms, findings) {
            var claim = LimitClaim(term)
            claim.amount = finding.amount
            claim.period = finding.period
            figures.note(term.rule, finding)
            switch (finding.verdict, term.rule.measure) {
            case (.room, .budget(let setting)):
                if let soft = setting.soft, finding.used >= soft { claim.verdict = .warned }
            case (.room, _): break
            case (.noPlace, .concurrency(let setting)):
                if let queue = setting.queue, mayWait(term) {
                    claim.verdict = .queued
                    if !term.rule.isShadow, line == nil { line = (term, queue, LimitDecision(claim)) }
                    break
                }
                fallthrough
            default:
                claim.verdict = .refused
                let found = LimitRefusal(claim, finding, needed: term.needed)
                if !term.rule.isShadow, refusal.map(found.outlasts) ?? true { refusal = found }
            }
            claims.append(claim)
        }
        if var refusal {
            refusal.decisions = claims.filter { $0.rule.isShadow || !$0.isTaken }.map(LimitDecision.init)
            refusal.figures = figures
            return .refused(refusal)
        }
        if let line { return .line(line.0, line.1, line.2) }
        return .admitted(
            LimitGrant(
                id: id, takenAt: takenAt, claims: claims, model: model, choices: choices, price: price,
                figures: figures))
    }
}

extension LimitTerm {
    /// The refusal of a request that has waited long enough for a place of this term.
    package var expired: LimitRefusal? {
        guard case .concurrency(let setting) = rule.measure else { return nil }
        var claim = LimitClaim(self)
        claim.verdict = .refused
        var refusal = LimitRefusal(claim, .deadline(setting), wait: LimitLedger.placeWait)
        refusal.decisions = [LimitDecision(claim)]
        return refusal
    }
}

extension LimitClaim {
    init(_ term: LimitTerm) {
        self.init(
            rule: term.rule, subject: term.subject, key: SubjectKey(rule: term.rule.number, subject: term.subject),
            place: 0)
    }
}

extension LimitRefusal {
    fileprivate init(_ claim: LimitClaim, _ finding: LimitFinding, needed: Int) {
        let wait = finding.wait.map { ($0 + 999) / 1000 }
        switch claim.rule.measure {
        case .rate(let setting):
            self.init(claim, .rate(setting, used: finding.used, needed: needed), wait: wait)
        case .concurrency(let setting):
            self.init(claim, .concurrency(setting, underWay: finding.used), wait: LimitLedger.placeWait)
        case .budget(let setting):
            self.init(claim, .budget(setting, used: finding.used, needed: max(needed, 1)), wait: wait)
        }
    }
}

extension RateFigures {
    fileprivate mutating func note(_ rule: LimitRule, _ finding: LimitFinding) {
        guard !rule.isShadow, case .rate(let setting) = rule.measure else { return }
        note(
            setting.unit, Figure(limit: setting.limit, remaining: finding.remaining, reset: finding.reset * 1000))
    }
}
