/// What one limit holds for a request, told without the rule itself: for who settles it in another process.
package struct LimitReservation: Hashable, Sendable {
    /// `LimitRule.identity`
    package let rule: String
    package let subject: String
    /// In the rule's unit; 0 of a place.
    package let amount: Int
    /// The budget's period that it was taken in.
    package let period: Int

    package init(rule: String, subject: String, amount: Int, period: Int) {
        self.rule = rule
        self.subject = subject
        self.amount = amount
        self.period = period
    }
}

extension LimitGrant {
    /// All that it holds.
    package var reservations: [LimitReservation] {
        zip(demands, claims).compactMap { demand, claim in
            guard claim.isTaken else { return nil }
            return LimitReservation(
                rule: demand.rule.whole.identity, subject: demand.subject, amount: claim.amount, period: claim.period)
        }
    }

    /// How many answers were asked for.
    package var choiceCount: Int { choices }

    /// A grant that another process gave, of the rules that are known here by their identities; what belongs to others
    /// stays as it was reserved.
    package convenience init(
        restoring reservations: [LimitReservation], takenAt: Int, id: Int, rules: [String: LimitRule], model: String,
        choices: Int, price: TokenPrice?
    ) {
        let known = reservations.filter { rules[$0.rule] != nil }
        self.init(
            id: id, takenAt: takenAt,
            demands: known.compactMap { reservation in
                rules[reservation.rule].map { LimitDemand(rule: $0, subject: reservation.subject) }
            },
            claims: known.map { LimitClaim(amount: $0.amount, period: $0.period) },
            model: model, choices: choices, price: price, figures: RateFigures())
    }
}
