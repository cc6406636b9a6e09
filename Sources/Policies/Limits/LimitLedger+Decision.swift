extension LimitLedger {
    /// Looks at all rules, then takes all or nothing. `waiter`: the request stands first in the line of that place.
    mutating func decide(_ request: LimitRequest, for waiter: Waiter? = nil) -> LimitOutcome {
        let claims = request.demands.map { ask($0, request, firstInLine: waiter?.key) }
        var isRefused = false
        var line: Int?
        for index in claims.indices where !claims[index].isTaken && !request.demands[index].rule.isShadow {
            if claims[index].verdict == .refused { isRefused = true } else { line = line ?? index }
        }
        if isRefused { return .refused(refusal(request, claims)) }
        if let line {
            return .waiting(join(request.demands[line], claims[line], request, after: waiter))
        }
        return .admitted(take(claims, request))
    }

    // MARK: Looking

    /// What the rule of a demand says. Takes nothing.
    mutating func ask(_ demand: LimitDemand, _ request: LimitRequest, firstInLine: SubjectKey?) -> LimitClaim {
        var claim = LimitClaim()
        switch demand.rule.measure {
        case .rate(let setting):
            (claim.place, claim.isOverflow) = rates.findOrAdd(demand.key, maxSubjects: demand.rule.maxSubjects)
            ask(&claim, setting, request)
        case .concurrency(let setting):
            (claim.place, claim.isOverflow) = places.findOrAdd(demand.key, maxSubjects: demand.rule.maxSubjects)
            ask(&claim, setting, isFirst: firstInLine != nil && firstInLine == demand.key(of: claim))
        case .budget(let setting):
            (claim.place, claim.isOverflow) = budgets.findOrAdd(demand.key, maxSubjects: demand.rule.maxSubjects)
            ask(&claim, setting, request)
        }
        return claim
    }

    private mutating func ask(_ claim: inout LimitClaim, _ setting: RateSetting, _ request: LimitRequest) {
        rates[claim.place].advance(setting, now: now.nanoseconds)
        let room = rates[claim.place].room(setting)
        let (needed, hoped) = amounts(.rate(setting), request)
        if needed <= room {
            claim.amount = needed + min(hoped, room - needed)
        } else {
            claim.verdict = .refused
        }
    }

    private mutating func ask(_ claim: inout LimitClaim, _ setting: BudgetSetting, _ request: LimitRequest) {
        budgets[claim.place].advance(setting, now: now)
        let used = budgets[claim.place].used
        let (needed, hoped) = amounts(.budget(setting), request)
        let room = max(0, setting.limit - used)
        guard needed <= room, room > 0 || hoped == 0 else {
            claim.verdict = .refused
            return
        }
        claim.period = budgets[claim.place].period
        claim.amount = needed + min(hoped, room - needed)
        if let soft = setting.soft, used >= soft { claim.verdict = .warned }
    }

    private mutating func ask(_ claim: inout LimitClaim, _ setting: ConcurrencySetting, isFirst: Bool) {
        let underWay = places[claim.place].leases.count(now: now.nanoseconds)
        let waiting = places[claim.place].line.count
        if underWay < setting.max, waiting == 0 || isFirst { return }
        claim.verdict = setting.queue.map { waiting < $0.max } ?? false ? .queued : .refused
    }

    private func amounts(_ measure: LimitRule.Measure, _ request: LimitRequest) -> (needed: Int, hoped: Int) {
        request.amounts(measure, expectedAnswer: expectedAnswer(request.model))
    }

    // MARK: Refusing

    /// Of the rules that refuse, what that one says which keeps the request out for longest.
    private mutating func refusal(_ request: LimitRequest, _ claims: [LimitClaim]) -> LimitRefusal {
        var refusal: LimitRefusal?
        for (demand, claim) in zip(request.demands, claims) where claim.verdict == .refused && !demand.rule.isShadow {
            let found = reason(demand, claim, request)
            if refusal.map(found.outlasts) ?? true { refusal = found }
        }
        guard var refusal else { preconditionFailure("refused without a reason") }
        refusal.decisions = request.decisionsOfRefusal(claims)
        refusal.figures = figures(request, claims)
        return refusal
    }

    /// Why a claim was refused, at the same moment.
    mutating func reason(_ demand: LimitDemand, _ claim: LimitClaim, _ request: LimitRequest) -> LimitRefusal {
        let needed = amounts(demand.rule.measure, request).needed
        let cause: LimitRefusal.Cause
        let wait: Int?
        switch demand.rule.measure {
        case .rate(let setting):
            let meter = rates[claim.place]
            cause = .rate(setting, used: meter.used(setting), needed: needed)
            wait = meter.wait(for: needed, setting, now: now.nanoseconds).map { ($0 + 999_999) / 1_000_000 }
        case .concurrency(let setting):
            cause = .concurrency(setting, underWay: places[claim.place].leases.count(now: now.nanoseconds))
            wait = Self.placeWait
        case .budget(let setting):
            let account = budgets[claim.place]
            cause = .budget(setting, used: account.used, needed: max(needed, 1))
            wait = account.wait(now: now)
        }
        return LimitRefusal(demand.rule, demand.subject, cause, wait: wait)
    }

    // MARK: Taking

    private mutating func take(_ claims: [LimitClaim], _ request: LimitRequest) -> LimitGrant {
        let id = nextID()
        for index in claims.indices where claims[index].isTaken {
            let claim = claims[index]
            switch request.demands[index].rule.measure {
            case .rate(let setting): rates[claim.place].take(claim.amount, setting, now: now.nanoseconds)
            case .budget: budgets[claim.place].take(claim.amount)
            case .concurrency(let setting): places[claim.place].leases.hold(id, until: now.nanoseconds + setting.lease)
            }
        }
        return LimitGrant(
            id: id, takenAt: now.nanoseconds, request, claims: claims, figures: figures(request, claims))
    }

    private func figures(_ request: LimitRequest, _ claims: [LimitClaim]) -> RateFigures {
        var figures = RateFigures()
        for index in claims.indices {
            let rule = request.demands[index].rule
            guard !rule.isShadow, case .rate(let setting) = rule.measure else { continue }
            figures.note(setting.unit, rates[claims[index].place].figure(setting, now: now.nanoseconds))
        }
        return figures
    }
}
