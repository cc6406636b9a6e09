/// What a model's tokens cost.
package struct TokenPrice: Hashable, Sendable {
    /// Nano-dollars per token: a thousand times the price of a million tokens in dollars.
    package let input: Double
    package let output: Double

    /// In US dollars per million tokens.
    package init(inputPerMillion: Double, outputPerMillion: Double) {
        input = inputPerMillion * 1000
        output = outputPerMillion * 1000
    }

    /// Nano-dollars, rounded up; bounded, so that no price makes a sum overflow.
    func cost(input inputTokens: Int, output outputTokens: Int) -> Int {
        let cost = Double(inputTokens) * input + Double(outputTokens) * output
        return Int(min(cost.rounded(.up), 1e17))
    }
}
