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
        claims.compactMap { claim in
            if case .concurrency = claim.rule.measure { return nil }
            guard claim.isTaken, claim.amount > 0 else { return nil }
            return change(claim, claim.amount)
        }
    }

    /// What is different when so many tokens were used in truth.
    package func corrections(_ use: TokenUse) -> [LimitChange] {
        corrections { actual(of: $0, use) }
    }

    /// What is different when nothing came of the request.
    package func corrections(_ refund: LimitLedger.Refund) -> [LimitChange] {
        corrections { actual(of: $0, after: refund) }
    }

    /// The places that it holds: the counter, and how long each holds without being renewed, in nanoseconds.
    package var places: [(rule: LimitRule, subject: String, lease: Int)] {
        claims.compactMap { claim in
            guard claim.isTaken, case .concurrency(let setting) = claim.rule.measure else { return nil }
            return (claim.rule.whole, claim.subject, setting.lease)
        }
    }

    /// What a claim's counter should hold in place of the reservation; nil: what it holds is right.
    func actual(of claim: LimitClaim, _ use: TokenUse) -> Int? {
        let use = use.bounded
        switch claim.rule.measure {
        case .rate(let setting): return setting.unit == .tokens ? use.input + use.output : nil
        case .budget(let setting): return setting.amount(use, price: price)
        case .concurrency: return nil
        }
    }

    /// The same after a refund.
    func actual(of claim: LimitClaim, after refund: LimitLedger.Refund) -> Int? {
        switch claim.rule.measure {
        case .rate(let setting): setting.unit == .tokens || refund == .everything ? 0 : nil
        case .budget: 0
        case .concurrency: nil
        }
    }

    private func corrections(_ actual: (LimitClaim) -> Int?) -> [LimitChange] {
        claims.compactMap { claim in
            guard claim.isTaken, let actual = actual(claim), actual != claim.amount else { return nil }
            return change(claim, actual - claim.amount, isNow: actual > claim.amount)
        }
    }

    private func change(_ claim: LimitClaim, _ amount: Int, isNow: Bool = false) -> LimitChange {
        LimitChange(
            rule: claim.rule.whole, subject: claim.subject, amount: amount, time: isNow ? nil : takenAt,
            period: claim.period)
    }
}
