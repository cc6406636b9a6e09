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
            let claim = LimitClaim(term, finding, mayWait: mayWait(term))
            figures.note(term.rule, finding)
            claims.append(claim)
            guard !term.rule.isShadow else { continue }
            switch (claim.verdict, term.rule.measure) {
            case (.queued, .concurrency(let setting)):
                if line == nil, let queue = setting.queue { line = (term, queue, LimitDecision(term.rule, .queued)) }
            case (.refused, _):
                let found = LimitRefusal(term, finding)
                if refusal.map(found.outlasts) ?? true { refusal = found }
            default: break
            }
        }
        if var refusal {
            refusal.decisions = decisionsOfRefusal(claims)
            refusal.figures = figures
            return .refused(refusal)
        }
        if let line { return .line(line.0, line.1, line.2) }
        return .admitted(LimitGrant(id: id, takenAt: takenAt, self, claims: claims, figures: figures))
    }
}

extension LimitRequest {
    /// Reads findings for whom wants to know what they would mean. `waiting`: requests that wait for a place of a term.
    package func explanation(
        of findings: [LimitFinding], on terms: [LimitTerm], waiting: (LimitTerm) -> Int
    ) -> LimitExplanation {
        func mayWait(_ term: LimitTerm) -> Bool {
            guard case .concurrency(let setting) = term.rule.measure, let queue = setting.queue else { return false }
            return waiting(term) < queue.max
        }
        let rules = zip(terms, findings).map { term, finding in
            LimitExplanation.Rule(
                term, finding, LimitClaim(term, finding, mayWait: mayWait(term)).verdict, waiting: waiting(term))
        }
        let verdict = verdict(of: findings, on: terms, id: 0, takenAt: 0, mayWait: mayWait)
        if case .refused(let refusal) = verdict { return LimitExplanation(rules: rules, refusal: refusal) }
        return LimitExplanation(rules: rules, refusal: nil)
    }
}

extension LimitExplanation.Rule {
    fileprivate init(
        _ term: LimitTerm, _ finding: LimitFinding, _ verdict: LimitDecision.Verdict, waiting: Int
    ) {
        let room: (limit: Int, remaining: Int, least: Int) =
            switch term.rule.measure {
            case .rate(let setting): (setting.limit, setting.capacity - finding.used, 0)
            case .concurrency(let setting): (setting.max, setting.max - finding.used, 1)
            case .budget(let setting): (setting.limit, setting.limit - finding.used, 0)
            }
        let isRefused = verdict == .refused
        var reset: Int? = finding.reset * 1000
        switch term.rule.measure {
        case .rate: break
        case .concurrency: reset = nil
        case .budget(let setting): if setting.period == .total { reset = nil }
        }
        self.init(
            rule: term.rule, subject: term.subject, verdict: verdict, limit: room.limit, used: finding.used,
            remaining: max(0, room.remaining), amount: isRefused ? term.needed : max(finding.amount, room.least),
            waiting: waiting, reset: reset, refusal: isRefused ? LimitRefusal(term, finding).refusal : nil)
    }
}

extension LimitTerm {
    /// The refusal of a request that has waited long enough for a place of this term.
    package var expired: LimitRefusal? {
        guard case .concurrency(let setting) = rule.measure else { return nil }
        var refusal = LimitRefusal(rule, subject, .deadline(setting), wait: LimitLedger.placeWait)
        refusal.decisions = [LimitDecision(rule, .refused)]
        return refusal
    }
}

extension LimitClaim {
    /// `mayWait`: whether there is room in the line for a place.
    fileprivate init(_ term: LimitTerm, _ finding: LimitFinding, mayWait: Bool) {
        self.init(amount: finding.amount, period: finding.period)
        switch (finding.verdict, term.rule.measure) {
        case (.room, .budget(let setting)):
            if let soft = setting.soft, finding.used >= soft { verdict = .warned }
        case (.room, _): break
        case (.noPlace, .concurrency(let setting)) where setting.queue != nil && mayWait: verdict = .queued
        default: verdict = .refused
        }
    }
}

extension LimitRefusal {
    fileprivate init(_ term: LimitTerm, _ finding: LimitFinding) {
        var wait = finding.wait.map { ($0 + 999) / 1000 }
        let cause: Cause
        switch term.rule.measure {
        case .rate(let setting): cause = .rate(setting, used: finding.used, needed: term.needed)
        case .concurrency(let setting):
            cause = .concurrency(setting, underWay: finding.used)
            wait = LimitLedger.placeWait
        case .budget(let setting): cause = .budget(setting, used: finding.used, needed: max(term.needed, 1))
        }
        self.init(term.rule, term.subject, cause, wait: wait)
    }
}

extension RateFigures {
    fileprivate mutating func note(_ rule: LimitRule, _ finding: LimitFinding) {
        guard !rule.isShadow, case .rate(let setting) = rule.measure else { return }
        note(
            setting.unit, Figure(limit: setting.limit, remaining: finding.remaining, reset: finding.reset * 1000))
    }
}
