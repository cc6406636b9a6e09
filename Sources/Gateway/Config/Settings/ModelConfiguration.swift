/// A model that clients may ask for, and what answers it.
package struct ModelConfiguration: Sendable {
    /// As clients write it, with `*` for any run of characters; unique.
    package let name: String
    /// At least one.
    package let targets: [ModelTarget]
    /// Nil (default): unknown.
    package let price: ModelPrice?
    /// Tokens of prompt and answer together; nil (default): unknown.
    package let contextTokens: Int?

    package init(_ r: ConfigReader, upstreams: [String]) {
        name = r.required(
            "name", .string(), example: .string("gpt-*"),
            doc: "As clients write it; `*` stands for any run of characters. Unique.")
        targets = r.required(
            "targets", .list(of: .object { ModelTarget($0, upstreams: upstreams) }, minimum: 1),
            doc: "Upstreams that answer for this model, drawn by weight.")
        price = r.optional("price", .object(ModelPrice.init), doc: "What its tokens cost; without it unknown.")
        contextTokens = r.optional(
            "context_tokens", .int(in: 1...100_000_000, unit: .tokens), example: .integer(128_000),
            doc: "Tokens of prompt and answer together; without it unknown.")
        if !targets.isEmpty, targets.allSatisfy({ $0.weight == 0 }) {
            r.report("expected a weight above 0 on at least one target", at: "targets")
        }
        r.unavailable("balance", "fallbacks", "hedge", "mid_stream", "deliver")
    }
}
