extension LimitLedger {
    /// What `admit` would say. Decides by the same code on a copy of the counters that the request would ask, so
    /// that none changes.
    package func explain(_ request: LimitRequest, at moment: LimitMoment) -> LimitExplanation {
        var excerpt = LimitLedger(excerptOf: self, for: request)
        excerpt.advance(to: moment)
        let rules = request.demands.map { excerpt.look($0, request) }
        if case .refused(let refusal) = excerpt.decide(request) {
            return LimitExplanation(rules: rules, refusal: refusal)
        }
        return LimitExplanation(rules: rules, refusal: nil)
    }

    private mutating func look(_ demand: LimitDemand, _ request: LimitRequest) -> LimitExplanation.Rule {
        let claim = ask(demand, request, firstInLine: nil)
        let refusal = claim.verdict == .refused ? reason(demand, claim, request) : nil
        let figures = figures(demand.rule, claim)
        return LimitExplanation.Rule(
            rule: demand.rule, subject: demand.subject, verdict: claim.verdict, limit: figures.limit,
            used: figures.used, remaining: figures.remaining,
            amount: refusal?.needed ?? max(claim.amount, figures.least), waiting: figures.waiting,
            reset: figures.reset, refusal: refusal?.refusal)
    }

    private struct Figures {
        var limit: Int
        var used: Int
        var remaining: Int
        /// What each request takes at least.
        var least = 0
        var waiting = 0
        var reset: Int?
    }

    private mutating func figures(_ rule: LimitRule, _ claim: LimitClaim) -> Figures {
        switch rule.measure {
        case .rate(let setting):
            let meter = rates[claim.place]
            return Figures(
                limit: setting.limit, used: meter.used(setting), remaining: meter.room(setting),
                reset: meter.reset(now: now.nanoseconds))
        case .concurrency(let setting):
            let underWay = places[claim.place].leases.count(now: now.nanoseconds)
            return Figures(
                limit: setting.max, used: underWay, remaining: max(0, setting.max - underWay), least: 1,
                waiting: places[claim.place].line.count)
        case .budget(let setting):
            let account = budgets[claim.place]
            return Figures(
                limit: setting.limit, used: account.used, remaining: max(0, setting.limit - account.used),
                reset: account.wait(now: now).map { $0 * 1_000_000 })
        }
    }
}

extension LimitRefusal {
    /// What the request asked of the rule.
    fileprivate var needed: Int {
        switch cause {
        case .rate(_, _, let needed), .budget(_, _, let needed): needed
        case .concurrency, .deadline: 1
        case .storeAway: preconditionFailure("counters of this process were asked")
        }
    }
}
