/// What an admitted request has taken, to be settled and released through the ledger that gave it.
///
/// Immutable, and a class, since it is held in several places as long as the request lasts.
package final class LimitGrant: Sendable {
    /// Never used twice.
    package let id: Int
    /// When it was taken, in nanoseconds.
    package let takenAt: Int
    /// What was asked, and for each demand what was said to it.
    let demands: [LimitDemand]
    let claims: [LimitClaim]
    package let model: String
    let choices: Int
    let price: TokenPrice?
    /// What clients are told of their rates.
    package let figures: RateFigures
    /// The shortest time for which its leases hold, in nanoseconds; nil: it holds none.
    package let lease: Int?

    init(
        id: Int, takenAt: Int, demands: [LimitDemand], claims: [LimitClaim], model: String, choices: Int,
        price: TokenPrice?, figures: RateFigures
    ) {
        precondition(demands.count == claims.count, "a demand without its claim")
        self.id = id
        self.takenAt = takenAt
        self.demands = demands
        self.claims = claims
        self.model = model
        self.choices = choices
        self.price = price
        self.figures = figures
        var shortest: Int?
        for index in claims.indices where claims[index].isTaken {
            guard case .concurrency(let setting) = demands[index].rule.measure else { continue }
            shortest = min(shortest ?? .max, setting.lease)
        }
        lease = shortest
    }

    /// What a request is granted.
    convenience init(
        id: Int, takenAt: Int, _ request: LimitRequest, claims: [LimitClaim], figures: RateFigures
    ) {
        self.init(
            id: id, takenAt: takenAt, demands: request.demands, claims: claims, model: request.model,
            choices: request.choices, price: request.price, figures: figures)
    }

    /// What each rule said, in the order of the configuration.
    package func forEachDecision(_ body: (LimitRule, LimitDecision.Verdict) -> Void) {
        for index in claims.indices { body(demands[index].rule, claims[index].verdict) }
    }
}
