/// What an admitted request has taken, to be settled and released through the ledger that gave it.
///
/// Immutable, and a class, since it is held in several places as long as the request lasts.
package final class LimitGrant: Sendable {
    /// Never used twice.
    package let id: Int
    /// When it was taken, in nanoseconds.
    package let takenAt: Int
    let claims: [LimitClaim]
    package let model: String
    let choices: Int
    let price: TokenPrice?
    /// What clients are told of their rates.
    package let figures: RateFigures

    init(
        id: Int, takenAt: Int, claims: [LimitClaim], model: String, choices: Int, price: TokenPrice?,
        figures: RateFigures
    ) {
        self.id = id
        self.takenAt = takenAt
        self.claims = claims
        self.model = model
        self.choices = choices
        self.price = price
        self.figures = figures
    }

    package var decisions: [LimitDecision] { claims.map(LimitDecision.init) }

    /// The shortest time for which its leases hold, in nanoseconds; nil: it holds none.
    package var lease: Int? {
        var shortest: Int?
        for claim in claims where claim.isTaken {
            if case .concurrency(let setting) = claim.rule.measure {
                shortest = min(shortest ?? .max, setting.lease)
            }
        }
        return shortest
    }
}
