/// What a replica does by itself while the counters that it shares with others cannot be asked.
extension LimitRequest {
    /// The refusal of a limit that refuses everything then; nil: there is none.
    package var refusalWithoutStore: LimitRefusal? {
        guard let demand = demands.first(where: { $0.rule.onStoreFailure == .closed && !$0.rule.isShadow }) else {
            return nil
        }
        var refusal = LimitRefusal(demand.rule, demand.subject, .storeAway, wait: LimitLedger.placeWait)
        refusal.decisions = [LimitDecision(demand.rule, .refused)]
        return refusal
    }

    /// The part of it for this replica's own counters: the limits that are counted locally, each with the share that
    /// one of so many replicas has.
    package func share(of replicas: Int) -> LimitRequest {
        var part = self
        part.demands = demands.filter(\.rule.isLocalWithoutStore).map {
            LimitDemand(rule: $0.rule.share(of: replicas), subject: $0.subject, priority: $0.priority)
        }
        return part
    }
}

extension LimitGrant {
    /// The grant together with what `request` takes without asking: of the limits that are open then. `seconds` is
    /// since 1970.
    package func adding(openOf request: LimitRequest, expectedAnswer: Int, id: Int, seconds: Int) -> LimitGrant {
        var (demands, claims) = (demands, claims)
        for demand in request.demands where !demand.rule.isLocalWithoutStore {
            let (needed, hoped) = request.amounts(demand.rule.measure, expectedAnswer: expectedAnswer)
            var claim = LimitClaim(verdict: .warned, amount: needed + hoped)
            if case .budget(let setting) = demand.rule.measure { claim.period = setting.period.index(at: seconds) }
            demands.append(demand)
            claims.append(claim)
        }
        return LimitGrant(
            id: id, takenAt: takenAt, demands: demands, claims: claims, model: model, choices: choices, price: price,
            figures: figures)
    }
}

extension LimitRule {
    fileprivate var isLocalWithoutStore: Bool { onStoreFailure == .local }

    /// The rule with the part of its limit that one of so many replicas has, of the same counters.
    func share(of replicas: Int) -> LimitRule {
        guard replicas > 1 else { return self }
        let part: Measure =
            switch measure {
            case .rate(let setting): .rate(setting.share(of: replicas))
            case .concurrency(let setting): .concurrency(setting.share(of: replicas))
            case .budget(let setting): .budget(setting.share(of: replicas))
            }
        return LimitRule(self, part)
    }
}

extension RateSetting {
    fileprivate func share(of replicas: Int) -> RateSetting {
        RateSetting(self, limit: max(1, limit / replicas), capacity: max(1, capacity / replicas))
    }
}

extension ConcurrencySetting {
    fileprivate func share(of replicas: Int) -> ConcurrencySetting {
        ConcurrencySetting(
            max: Swift.max(1, self.max / replicas), lease: lease, queue: queue, priorities: priorities)
    }
}

extension BudgetSetting {
    fileprivate func share(of replicas: Int) -> BudgetSetting {
        BudgetSetting(unit, limit: limit / replicas, period: period, soft: soft.map { $0 / replicas })
    }
}
