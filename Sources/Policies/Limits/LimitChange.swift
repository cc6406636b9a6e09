/// What a grant changes at one counter: what it took, or what is different now that its use is known.
package struct LimitChange: Sendable {
    package let rule: LimitRule
    package let subject: String
    /// In the rule's unit; below 0: it is given back.
    package var amount: Int
    /// When it was taken, in nanoseconds; nil: it is taken now.
    package var time: Int?
    /// The budget's period that it belongs to.
    package let period: Int

    package init(rule: LimitRule, subject: String, amount: Int, time: Int?, period: Int) {
        self.rule = rule
        self.subject = subject
        self.amount = amount
        self.time = time
        self.period = period
    }
}

extension LimitGrant {
    /// All that was taken of rates and budgets.
    package var takings: [LimitChange] {
        zip(demands, claims).compactMap { demand, claim in
            if case .concurrency = demand.rule.measure { return nil }
            guard claim.isTaken, claim.amount > 0 else { return nil }
            return change(demand, claim, claim.amount)
        }
    }

    /// What is different when so many tokens were used in truth.
    package func corrections(_ use: TokenUse) -> [LimitChange] {
        let use = use.bounded
        return corrections { actual(of: $0, use) }
    }

    /// What is different when nothing came of the request.
    package func corrections(_ refund: LimitLedger.Refund) -> [LimitChange] {
        corrections { actual(of: $0, after: refund) }
    }

    /// The places that it holds: the counter, and how long each holds without being renewed, in nanoseconds.
    package var places: [(rule: LimitRule, subject: String, lease: Int)] {
        zip(demands, claims).compactMap { demand, claim in
            guard claim.isTaken, case .concurrency(let setting) = demand.rule.measure else { return nil }
            return (demand.rule.whole, demand.subject, setting.lease)
        }
    }

    /// What a rule's counter should hold in place of the reservation; nil: what it holds is right. `use`: bounded.
    func actual(of rule: LimitRule, _ use: TokenUse) -> Int? {
        switch rule.measure {
        case .rate(let setting): setting.unit == .tokens ? use.input + use.output : nil
        case .budget(let setting): setting.amount(use, price: price)
        case .concurrency: nil
        }
    }

    /// The same after a refund.
    func actual(of rule: LimitRule, after refund: LimitLedger.Refund) -> Int? {
        switch rule.measure {
        case .rate(let setting): setting.unit == .tokens || refund == .everything ? 0 : nil
        case .budget: 0
        case .concurrency: nil
        }
    }

    private func corrections(_ actual: (LimitRule) -> Int?) -> [LimitChange] {
        zip(demands, claims).compactMap { demand, claim in
            guard claim.isTaken, let actual = actual(demand.rule), actual != claim.amount else { return nil }
            return change(demand, claim, actual - claim.amount, isNow: actual > claim.amount)
        }
    }

    private func change(
        _ demand: LimitDemand, _ claim: LimitClaim, _ amount: Int, isNow: Bool = false
    ) -> LimitChange {
        LimitChange(
            rule: demand.rule.whole, subject: demand.subject, amount: amount, time: isNow ? nil : takenAt,
            period: claim.period)
    }
}
