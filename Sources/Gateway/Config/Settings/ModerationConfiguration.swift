/// A provider that is asked what it thinks of a request before the request is answered.
package struct ModerationConfiguration: Sendable {
    /// What happens to a request about which no answer comes.
    package enum Failure: String, CaseIterable, Sendable {
        /// It passes.
        case open
        /// It is refused.
        case closed
    }

    /// Name of an upstream that speaks the OpenAI API.
    package let upstream: String
    /// Nil (default): the provider's own choice.
    package let model: String?
    /// Empty (default): what the provider itself flags.
    package let thresholds: [ModerationThreshold]
    /// Milliseconds until the answer must be there. Default 2,000.
    package let timeoutMs: Int
    /// Default closed.
    package let onFailure: Failure
    /// What the client is told.
    package let message: String

    package init(_ r: ConfigReader, upstreams: [String]) {
        upstream = r.required(
            "upstream", .reference(to: upstreams, what: "OpenAI upstream"), example: .string("openai"),
            doc: "Name of an upstream of kind `openai`; its `/moderations` is asked.")
        model = r.optional(
            "model", .string(), example: .string("omni-moderation-latest"),
            doc: "The moderation's model; without it the provider's choice.")
        thresholds = r.value(
            "categories", .map(of: .double(in: 0...1, unit: .count)), default: [],
            example: .object([("violence", .number(0.5))]),
            doc: "By category the score from which a request is refused; without any, what the provider flags."
        ).map { ModerationThreshold($0.name, score: $0.value) }
        timeoutMs = r.milliseconds("timeout_ms", default: 2000, doc: "Until the answer must be there.")
        onFailure = r.value(
            "on_failure", .choice(.closed), default: .closed,
            doc: "What becomes of a request when no answer comes: `open`: it passes; `closed`: it is refused.")
        message = r.value(
            "message", .string(), default: "The request's content is not allowed here.",
            doc: "What the client is told.")
    }
}
