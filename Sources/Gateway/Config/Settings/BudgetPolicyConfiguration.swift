package import Policies

/// How much may be used in a period.
package struct BudgetPolicyConfiguration: Sendable {
    package let subject: LimitSubject
    package let setting: BudgetSetting
    package let maxSubjects: Int
    /// Default local.
    package let onStoreFailure: StoreFailure

    package init(_ r: ConfigReader) {
        subject = r.limitSubject()
        let usd = r.optional(
            "usd", .double(in: 0...100_000_000, unit: .usd), example: .number(100),
            doc: "Most US dollars in a period, by the prices of the models; models without price cost nothing.")
        let tokens = r.optional(
            "tokens", .int(in: 0...1_000_000_000_000_000, unit: .tokens), example: .integer(1_000_000),
            doc: "Most tokens in a period, of prompts and answers. Either this or `usd`.")
        let period = r.value(
            "window", .choice(BudgetPeriod.month), default: .month,
            doc: "The period, by the calendar in UTC; `total` never starts anew.")
        let soft = r.optional(
            "soft", .double(in: 0...1_000_000_000_000_000, unit: .count), example: .number(80),
            doc: "What may be used, in the budget's unit, before each request is counted as a warning.")
        if let usd {
            setting = BudgetSetting(
                .nanodollars, limit: Self.nanodollars(usd), period: period, soft: soft.map(Self.nanodollars))
        } else {
            setting = BudgetSetting(.tokens, limit: tokens ?? 0, period: period, soft: soft.map { Int($0) })
        }
        maxSubjects = r.maxSubjects()
        onStoreFailure = r.onStoreFailure()
        if (usd == nil) == (tokens == nil) { r.report("expected either usd or tokens") }
        if let soft, soft > usd ?? Double(tokens ?? 0) { r.report("expected less than the budget", at: "soft") }
    }

    private static func nanodollars(_ dollars: Double) -> Int { Int((min(dollars, 1e9) * 1e9).rounded()) }
}
