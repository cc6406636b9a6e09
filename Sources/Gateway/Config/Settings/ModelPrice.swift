/// What a model's tokens cost.
package struct ModelPrice: Sendable {
    /// US dollars per million tokens of the prompt.
    package let inputPerMillionUSD: Double
    /// US dollars per million tokens of the answer.
    package let outputPerMillionUSD: Double

    package init(_ r: ConfigReader) {
        inputPerMillionUSD = r.required(
            "input_per_million_usd", .double(in: 0...1_000_000, unit: .usd), example: .number(2.5),
            doc: "Per million tokens of the prompt.")
        outputPerMillionUSD = r.required(
            "output_per_million_usd", .double(in: 0...1_000_000, unit: .usd), example: .number(10),
            doc: "Per million tokens of the answer.")
    }
}
