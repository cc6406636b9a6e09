package import Policies

extension TokenPrice {
    /// Prices in US dollars per million tokens.
    package init(_ r: ConfigReader) {
        self.init(
            inputPerMillion: r.required(
                "input_per_million_usd", .double(in: 0...1_000_000, unit: .usd), example: .number(2.5),
                doc: "Per million tokens of the prompt."),
            outputPerMillion: r.required(
                "output_per_million_usd", .double(in: 0...1_000_000, unit: .usd), example: .number(10),
                doc: "Per million tokens of the answer."),
            cachedInputPerMillion: r.optional(
                "cached_input_per_million_usd", .double(in: 0...1_000_000, unit: .usd), example: .number(1.25),
                doc: "Per million tokens of the prompt that the provider had in its cache; without it as all input."))
    }
}
