/// What becomes of a grant. Reservations are settled once: by `reconcile`, by `refund`, or not at all, when nobody
/// knows what was used; then they stand. Leases are released once, whatever became of the reservations.
extension LimitLedger {
    /// How much of a grant is given back.
    package enum Refund: Sendable {
        /// All: the request was refused after it was admitted.
        case everything
        /// Tokens and money, but not the request itself: it was tried and failed.
        case tokens
    }

    /// Replaces reserved tokens by those that were used, and learns from them.
    package mutating func reconcile(_ grant: LimitGrant, _ use: TokenUse, at moment: LimitMoment) {
        advance(to: moment)
        learn(from: grant, completionTokens: use.output)
        let use = use.bounded
        settle(grant) { grant.actual(of: $0, use) }
    }

    /// Both at once, for a request that is over.
    package mutating func end(_ grant: LimitGrant, _ use: TokenUse, at moment: LimitMoment) {
        reconcile(grant, use, at: moment)
        free(grant)
    }

    package mutating func refund(_ grant: LimitGrant, _ refund: Refund, at moment: LimitMoment) {
        advance(to: moment)
        settle(grant) { grant.actual(of: $0, after: refund) }
    }

    private mutating func settle(_ grant: LimitGrant, _ actual: (LimitRule) -> Int?) {
        for index in grant.claims.indices where grant.claims[index].isTaken {
            let (demand, claim) = (grant.demands[index], grant.claims[index])
            guard let actual = actual(demand.rule), actual != claim.amount else { continue }
            switch demand.rule.measure {
            case .rate(let setting): settle(demand, claim, setting, takenAt: grant.takenAt, actual: actual)
            case .budget(let setting): settle(demand, claim, setting, actual: actual)
            case .concurrency: break
            }
        }
    }

    /// What was used beyond the reservation counts from now on, what was not comes back to when it was taken.
    private mutating func settle(
        _ demand: LimitDemand, _ claim: LimitClaim, _ setting: RateSetting, takenAt: Int, actual: Int
    ) {
        let place = rates.findOrAdd(claim.place, or: demand.key(of: claim), maxSubjects: demand.rule.maxSubjects)
        rates[place].advance(setting, now: now.nanoseconds)
        if actual > claim.amount {
            rates[place].take(actual - claim.amount, setting, now: now.nanoseconds)
        } else {
            rates[place].giveBack(claim.amount - actual, takenAt: takenAt, setting, now: now.nanoseconds)
        }
    }

    private mutating func settle(
        _ demand: LimitDemand, _ claim: LimitClaim, _ setting: BudgetSetting, actual: Int
    ) {
        let place = budgets.findOrAdd(claim.place, or: demand.key(of: claim), maxSubjects: demand.rule.maxSubjects)
        budgets[place].advance(setting, now: now)
        budgets[place].settle(taken: claim.amount, actual: actual, in: claim.period)
    }

    // MARK: Leases

    /// Frees the grant's places, for those who wait.
    package mutating func release(_ grant: LimitGrant, at moment: LimitMoment) {
        advance(to: moment)
        free(grant)
    }

    private mutating func free(_ grant: LimitGrant) {
        guard grant.lease != nil else { return }
        for index in grant.claims.indices where grant.claims[index].isTaken {
            guard case .concurrency = grant.demands[index].rule.measure else { continue }
            let (demand, claim) = (grant.demands[index], grant.claims[index])
            guard let place = places.find(claim.place, or: demand.key(of: claim)) else { continue }
            places[place].leases.release(grant.id)
            if places[place].line.count > 0 { promote(demand.key(of: claim)) }
        }
    }

    /// Keeps the grant's places for another lease.
    package mutating func renew(_ grant: LimitGrant, at moment: LimitMoment) {
        advance(to: moment)
        for (demand, claim) in zip(grant.demands, grant.claims) where claim.isTaken {
            guard case .concurrency(let setting) = demand.rule.measure else { continue }
            let place = places.findOrAdd(claim.place, or: demand.key(of: claim), maxSubjects: demand.rule.maxSubjects)
            places[place].leases.hold(grant.id, until: now.nanoseconds + setting.lease)
        }
    }

    // MARK: Looking

    /// What a subject has used of a budget, reservations included, in the budget's unit.
    package mutating func used(of rule: LimitRule, subject: String, at moment: LimitMoment) -> Int? {
        guard case .budget(let setting) = rule.measure else { return nil }
        advance(to: moment)
        guard let place = budgets.find(SubjectKey(rule: rule.number, subject: subject)) else { return nil }
        budgets[place].advance(setting, now: now)
        return budgets[place].used
    }

    /// Requests under way of a subject under a concurrency rule.
    package mutating func underWay(_ rule: LimitRule, subject: String, at moment: LimitMoment) -> Int {
        advance(to: moment)
        guard let place = places.find(SubjectKey(rule: rule.number, subject: subject)) else { return 0 }
        return places[place].leases.count(now: now.nanoseconds)
    }

    /// Counters held, of all kinds.
    package var countersHeld: Int { rates.count + places.count + budgets.count }

    /// Requests that wait.
    package var waiting: Int { waiters.count }
}
