import Upstreams

/// Tokens as the Responses API counts them.
struct ResponseUsage {
    private var isKnown = false
    private var input = 0
    private var cached = 0
    private var output = 0
    private var reasoning = 0

    /// `usage`: of the canonical form; a later one takes the place of an earlier one.
    mutating func take(_ usage: JSONValue?) {
        guard let usage, usage.kind == .object else { return }
        isKnown = true
        input = JSONValue.tokens(usage["prompt_tokens"])
        cached = JSONValue.tokens(usage["prompt_tokens_details"]?["cached_tokens"])
        output = JSONValue.tokens(usage["completion_tokens"])
        reasoning = JSONValue.tokens(usage["completion_tokens_details"]?["reasoning_tokens"])
    }

    func write(to writer: inout JSONWriter) {
        guard isKnown else { return writer.member("usage", String?.none) }
        writer.object("usage") {
            $0.member("input_tokens", input)
            $0.object("input_tokens_details") { $0.member("cached_tokens", cached) }
            $0.member("output_tokens", output)
            $0.object("output_tokens_details") { $0.member("reasoning_tokens", reasoning) }
            $0.member("total_tokens", input + output)
        }
    }
}
