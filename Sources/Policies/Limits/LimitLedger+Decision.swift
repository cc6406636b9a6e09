extension LimitLedger {
    /// What one rule says to a claim.
    enum Answer {
        case room
        /// No place, but one may be waited for.
        case line(ConcurrencySetting.Queue)
        case refusal(LimitRefusal)
    }

    /// Looks at all rules, then takes all or nothing. `waiter`: the request stands first in the line of that place.
    mutating func decide(_ request: LimitRequest, for waiter: Waiter? = nil) -> LimitOutcome {
        var claims: [LimitClaim] = []
        claims.reserveCapacity(request.demands.count)
        var refusal: LimitRefusal?
        var line: (claim: Int, queue: ConcurrencySetting.Queue)?
        for demand in request.demands {
            var claim = find(demand)
            switch ask(&claim, request, isFirst: claim.key == waiter?.key) {
            case .room: break
            case .line(let queue):
                claim.verdict = .queued
                if !claim.rule.isShadow, line == nil { line = (claims.count, queue) }
            case .refusal(let found):
                claim.verdict = .refused
                if !claim.rule.isShadow, refusal.map(found.outlasts) ?? true { refusal = found }
            }
            claims.append(claim)
        }
        if var refusal {
            refusal.decisions = claims.filter { $0.rule.isShadow || !$0.isTaken }.map(LimitDecision.init)
            refusal.figures = figures(claims)
            return .refused(refusal)
        }
        if let line {
            return .waiting(join(claims[line.claim], line.queue, request, after: waiter))
        }
        return .admitted(take(claims, request))
    }

    mutating func find(_ demand: LimitRequest.Demand) -> LimitClaim {
        let rule = demand.rule
        let wanted = SubjectKey(rule: rule.number, subject: demand.subject)
        let (place, key) =
            switch rule.measure {
            case .rate: rates.findOrAdd(wanted, maxSubjects: rule.maxSubjects)
            case .concurrency: places.findOrAdd(wanted, maxSubjects: rule.maxSubjects)
            case .budget: budgets.findOrAdd(wanted, maxSubjects: rule.maxSubjects)
            }
        return LimitClaim(rule: rule, subject: demand.subject, key: key, place: place)
    }

    // MARK: Looking

    mutating func ask(_ claim: inout LimitClaim, _ request: LimitRequest, isFirst: Bool) -> Answer {
        switch claim.rule.measure {
        case .rate(let setting): ask(&claim, setting, request)
        case .concurrency(let setting): ask(claim, setting, isFirst: isFirst)
        case .budget(let setting): ask(&claim, setting, request)
        }
    }

    private mutating func ask(_ claim: inout LimitClaim, _ setting: RateSetting, _ request: LimitRequest) -> Answer {
        rates[claim.place].advance(setting, now: now.nanoseconds)
        let room = rates[claim.place].room(setting)
        let (needed, hoped) = amounts(claim, request)
        guard needed <= room else {
            let wait = rates[claim.place].wait(for: needed, setting, now: now.nanoseconds)
            let used = rates[claim.place].used(setting)
            return .refusal(
                LimitRefusal(
                    claim, .rate(setting, used: used, needed: needed), wait: wait.map { ($0 + 999_999) / 1_000_000 }))
        }
        claim.amount = needed + min(hoped, room - needed)
        return .room
    }

    private mutating func ask(_ claim: inout LimitClaim, _ setting: BudgetSetting, _ request: LimitRequest) -> Answer {
        budgets[claim.place].advance(setting, now: now)
        let account = budgets[claim.place]
        let (needed, hoped) = amounts(claim, request)
        let room = max(0, setting.limit - account.used)
        guard needed <= room, room > 0 || hoped == 0 else {
            return .refusal(
                LimitRefusal(
                    claim, .budget(setting, used: account.used, needed: max(needed, 1)), wait: account.wait(now: now)))
        }
        claim.period = account.period
        claim.amount = needed + min(hoped, room - needed)
        if let soft = setting.soft, account.used >= soft { claim.verdict = .warned }
        return .room
    }

    private func amounts(_ claim: LimitClaim, _ request: LimitRequest) -> (needed: Int, hoped: Int) {
        request.amounts(claim.rule.measure, expectedAnswer: expectedAnswer(request.model))
    }

    private mutating func ask(_ claim: LimitClaim, _ setting: ConcurrencySetting, isFirst: Bool) -> Answer {
        let underWay = places[claim.place].leases.count(now: now.nanoseconds)
        let waiting = places[claim.place].line.count
        if underWay < setting.max, waiting == 0 || isFirst { return .room }
        if let queue = setting.queue, waiting < queue.max { return .line(queue) }
        return .refusal(LimitRefusal(claim, .concurrency(setting, underWay: underWay), wait: Self.placeWait))
    }

    // MARK: Taking

    private mutating func take(_ claims: [LimitClaim], _ request: LimitRequest) -> LimitGrant {
        let id = nextID()
        for claim in claims where claim.isTaken {
            switch claim.rule.measure {
            case .rate(let setting): rates[claim.place].take(claim.amount, setting, now: now.nanoseconds)
            case .budget: budgets[claim.place].take(claim.amount)
            case .concurrency(let setting): places[claim.place].leases.hold(id, until: now.nanoseconds + setting.lease)
            }
        }
        return LimitGrant(
            id: id, takenAt: now.nanoseconds, claims: claims, model: request.model, choices: request.choices,
            price: request.price, figures: figures(claims))
    }

    private func figures(_ claims: [LimitClaim]) -> RateFigures {
        var figures = RateFigures()
        for claim in claims where !claim.rule.isShadow {
            guard case .rate(let setting) = claim.rule.measure else { continue }
            let meter = rates[claim.place]
            figures.note(
                setting.unit,
                RateFigures.Figure(
                    limit: setting.limit, remaining: meter.room(setting), reset: meter.reset(now: now.nanoseconds)))
        }
        return figures
    }
}
