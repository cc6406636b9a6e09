/// What a model's tokens cost.
package struct TokenPrice: Hashable, Sendable {
    /// Nano-dollars per token: a thousand times the price of a million tokens in dollars.
    package let input: Double
    package let output: Double
    /// For the part of the input that the provider had in its cache.
    package let cachedInput: Double

    /// In US dollars per million tokens. `cachedInputPerMillion`: nil: as any input.
    package init(inputPerMillion: Double, outputPerMillion: Double, cachedInputPerMillion: Double? = nil) {
        input = inputPerMillion * 1000
        output = outputPerMillion * 1000
        cachedInput = (cachedInputPerMillion ?? inputPerMillion) * 1000
    }

    /// Nano-dollars, rounded up; bounded, so that no price makes a sum overflow. `cachedTokens` are a part of
    /// `inputTokens`.
    package func cost(input inputTokens: Int, output outputTokens: Int, cached cachedTokens: Int = 0) -> Int {
        let cached = Double(min(max(0, cachedTokens), inputTokens))
        let cost = (Double(inputTokens) - cached) * input + cached * cachedInput + Double(outputTokens) * output
        return Int(min(cost.rounded(.up), 1e17))
    }
}
