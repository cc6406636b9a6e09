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
    /// Names of models that are asked when no target has answered. Default: none.
    package let fallbacks: [String]
    /// What is done when an upstream fails after content went out; tried in order. Default: fail.
    package let midStream: [MidStreamStrategy]

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
        fallbacks = r.value(
            "fallbacks", .list(of: .string()), default: [], example: .array([.string("claude")]),
            doc: "Models of this list whose targets are asked, in order, when none of this model's has answered.")
        midStream = r.value(
            "mid_stream", .list(of: .choice(.fail)), default: [.fail],
            example: .array([.string("splice"), .string("fail")]),
            doc: "What is done when an upstream fails after content went out, tried in order: `splice` asks again and"
                + " goes on after what the new answer has in common with what was sent; `continue` gives what was sent"
                + " to a target with `prefill`; `buffer` holds all content back until the answer is complete; `fail`"
                + " tells the error in the stream.")
        if !targets.isEmpty, targets.allSatisfy({ $0.weight == 0 }) {
            r.report("expected a weight above 0 on at least one target", at: "targets")
        }
        r.unavailable("balance", "hedge", "deliver")
    }
}
