package import Policies

/// One upstream that answers for a model.
package struct ModelTarget: Sendable {
    /// The name of an upstream that exists.
    package let upstream: String
    /// The model's name there; nil (default): as the client wrote it.
    package let model: String?
    /// Its share of the calls, relative to the other targets' weights; 0: none. Default 1.
    package let weight: Int
    /// The model goes on from an assistant message at the end of the history. Default false.
    package let prefill: Bool
    /// What its tokens cost there; nil (default): as the model's.
    package let price: TokenPrice?
    /// nil (default): as the model has them.
    package let timeouts: TimeoutOverrides?

    package init(_ r: ConfigReader, upstreams: [String]) {
        upstream = r.required(
            "upstream", .reference(to: upstreams, what: "upstream"), example: .string("openai"),
            doc: "Name of an upstream.")
        model = r.optional(
            "model", .string(), example: .string("gpt-4o"),
            doc: "The model's name there; without it as the client wrote it.")
        weight = r.int(
            "weight", default: 1, in: 0...1_000_000, doc: "Share of the calls, relative to the other targets' weights.")
        prefill = r.value(
            "prefill", .bool, default: false,
            doc: "The model goes on from an assistant message at the end of the history, so that `continue` may use it."
        )
        price = r.optional(
            "price", .object { TokenPrice($0) }, doc: "What its tokens cost there; without it the model's.")
        timeouts = r.optional(
            "timeouts", .object(TimeoutOverrides.init), doc: "Timeouts that differ from the model's.")
    }
}
