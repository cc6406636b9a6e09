/// What a request asks of one rule, in numbers: for counters that are kept elsewhere than in a `LimitLedger`.
package struct LimitTerm: Sendable {
    package let rule: LimitRule
    package let subject: String
    /// Without room for so much the request is refused; in the rule's unit.
    package let needed: Int
    /// Reserved on top as far as there is room.
    package let hoped: Int
    /// In a queue; 0 goes first.
    package let priority: Int
}

extension LimitRequest {
    /// One term for each rule, in the order of the configuration. `expectedAnswer`: see `LimitLedger.expectedAnswer`.
    package func terms(expectedAnswer: Int) -> [LimitTerm] {
        demands.map { demand in
            let (needed, hoped) = amounts(demand.rule.measure, expectedAnswer: expectedAnswer)
            return LimitTerm(
                rule: demand.rule, subject: demand.subject, needed: needed, hoped: hoped, priority: demand.priority)
        }
    }

    /// What decides, and what is only expected, since the request does not say: that is reserved as far as there is
    /// room, and never a reason to refuse.
    func amounts(_ measure: LimitRule.Measure, expectedAnswer: Int) -> (needed: Int, hoped: Int) {
        let output = maxOutputTokens ?? 0
        let expected = maxOutputTokens == nil ? expectedAnswer * choices : 0
        switch measure {
        case .concurrency: return (1, 0)
        case .rate(let setting):
            return setting.unit == .requests ? (1, 0) : (max(1, promptTokens + output), expected)
        case .budget(let setting):
            return (
                setting.amount(input: promptTokens, output: output, price: price),
                setting.amount(input: 0, output: expected, price: price)
            )
        }
    }
}
