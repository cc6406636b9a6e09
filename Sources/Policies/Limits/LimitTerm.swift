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

extension LimitTerm {
    /// What gives back what it has taken at least; nil: it takes no amount, or nobody knows whether it did.
    ///
    /// - Parameter seconds: since 1970.
    package func undoing(seconds: Int) -> LimitChange? {
        guard !rule.isShadow, needed > 0 else { return nil }
        var period = 0
        switch rule.measure {
        case .concurrency: return nil
        case .rate: break
        case .budget(let setting): period = setting.period.index(at: seconds)
        }
        return LimitChange(rule: rule.whole, subject: subject, amount: -needed, time: nil, period: period)
    }
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
    func amounts(
        _ measure: LimitRule.Measure, expectedAnswer: @autoclosure () -> Int
    ) -> (needed: Int, hoped: Int) {
        guard measure.countsTokens else { return (1, 0) }
        let output = maxOutputTokens ?? 0
        let expected = maxOutputTokens == nil ? expectedAnswer() * choices : 0
        guard case .budget(let setting) = measure else { return (max(1, promptTokens + output), expected) }
        return (
            setting.amount(TokenUse(input: promptTokens, output: output), price: price),
            setting.amount(TokenUse(input: 0, output: expected), price: price)
        )
    }
}
