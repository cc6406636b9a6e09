/// What a request asks of the limits. Made without looking at any counter.
package struct LimitRequest: Sendable {
    /// In the order of the configuration.
    var demands: [LimitDemand]
    let promptTokens: Int
    /// Of all choices together; nil: the request does not say.
    let maxOutputTokens: Int?
    let choices: Int
    /// Whose answers tell what to expect of this one.
    package let model: String
    let price: TokenPrice?
    /// Who is told when the request has waited: any number that means something to the caller.
    let owner: Int

    /// Those of `rules` that are for the request. `model`: of a closed set, such as the name of a route.
    package init(
        _ facts: RequestFacts, rules: [LimitRule], model: String, price: TokenPrice?, owner: Int = 0
    ) {
        var demands: [LimitDemand] = []
        demands.reserveCapacity(rules.count)
        for rule in rules where rule.includes(facts) { demands.append(LimitDemand(rule, facts)) }
        self.demands = demands
        choices = min(max(1, facts.choices), 1000)
        promptTokens = min(max(0, facts.promptTokens), 1_000_000_000)
        maxOutputTokens = facts.maxOutputTokens.map { [choices] in min(max(0, $0), 1_000_000_000) * choices }
        self.model = model
        self.price = price
        self.owner = owner
    }

    /// No limit is for the request.
    package var isFree: Bool { demands.isEmpty }
}

extension LimitRequest {
    /// What is counted when the request is refused: the rules that refuse it or would have it wait, and those in shadow
    /// mode. `claims`: one for each demand.
    func decisionsOfRefusal(_ claims: [LimitClaim]) -> [LimitDecision] {
        zip(demands, claims).compactMap { demand, claim in
            demand.rule.isShadow || !claim.isTaken ? LimitDecision(demand.rule, claim.verdict) : nil
        }
    }
}
