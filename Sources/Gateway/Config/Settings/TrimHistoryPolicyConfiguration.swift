package import Policies

/// What the history of a chat is cut to.
package struct TrimHistoryPolicyConfiguration: Sendable {
    /// Tokens of the prompt; nil (default): any number.
    package let maxTokens: Int?
    /// Messages of a request, instructions included; nil (default): any number.
    package let maxMessages: Int?
    /// Whether prompt and answer have to fit into the model's `context_tokens`, where those are known. Default true.
    package let fitsContext: Bool
    /// Tokens kept for the answer in the context when the request does not limit it. Default 1,024.
    package let outputTokens: Int
    /// Which messages go first, whether instructions stay, how many turns stay (default 2).
    package let trimming: Trimming
    /// Tokens that an image counts for. Default 765.
    package let imageTokens: Int
    package let tokenizer: TokenizerConfiguration

    package init(_ r: ConfigReader) {
        maxTokens = r.optional(
            "max_tokens", .int(in: 1...100_000_000, unit: .tokens), example: .integer(100_000),
            doc: "Tokens of the prompt; without it any number.")
        maxMessages = r.optional(
            "max_messages", .int(in: 1...1_000_000, unit: .count), example: .integer(200),
            doc: "Messages of a request, instructions included; without it any number.")
        fitsContext = r.bool(
            "fit_context", default: true,
            doc: "Prompt and answer have to fit into the model's `context_tokens`, where those are known.")
        outputTokens = r.int(
            "output_tokens", default: 1024, in: 0...100_000_000, unit: .tokens,
            doc: "Kept for the answer in the context when the request does not limit it.")
        trimming = Trimming(
            r.value(
                "strategy", .choice(.dropOldest), default: .dropOldest,
                doc: "`drop_oldest`: from the start on; `drop_middle`: from the middle outwards."),
            keepsInstructions: r.bool("keep_system", default: true, doc: "System and developer messages stay."),
            keptTurns: r.int(
                "keep_last", default: 2, in: 1...10_000,
                doc: "Turns at the end that stay: a user's message with all that follows it."))
        imageTokens = r.int(
            "image_tokens", default: 765, in: 0...1_000_000, unit: .tokens,
            doc: "What an image counts for; one of low detail counts for 85 at most.")
        tokenizer = r.section("tokenizer", doc: "How tokens are counted.", TokenizerConfiguration.init)
        if maxTokens == nil, maxMessages == nil, !fitsContext {
            r.report("nothing to trim to: give max_tokens or max_messages, or set fit_context", at: "fit_context")
        }
    }
}
