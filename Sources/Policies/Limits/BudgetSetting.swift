/// How much a subject may use in a period.
package struct BudgetSetting: Hashable, Sendable {
    package enum Unit: Sendable {
        case tokens
        /// Billionths of a US dollar.
        case nanodollars
    }

    package let unit: Unit
    package let limit: Int
    package let period: BudgetPeriod
    /// What may be used before each request is counted as a warning; nil: no such threshold.
    package let soft: Int?

    package init(_ unit: Unit, limit: Int, period: BudgetPeriod, soft: Int? = nil) {
        self.unit = unit
        self.limit = limit
        self.period = period
        self.soft = soft
    }

    /// Use in the budget's unit. A model without price costs nothing.
    func amount(_ use: TokenUse, price: TokenPrice?) -> Int {
        switch unit {
        case .tokens: use.input + use.output
        case .nanodollars:
            use.nanodollars ?? price?.cost(input: use.input, output: use.output, cached: use.cached) ?? 0
        }
    }
}
