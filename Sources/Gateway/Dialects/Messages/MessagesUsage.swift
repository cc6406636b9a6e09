import Upstreams

/// Tokens as the Messages API counts them: the prompt's are without those that were read from a cache or written to it.
struct MessagesUsage {
    private var input = 0
    private var cacheRead = 0
    private var cacheCreation = 0
    private var output = 0

    /// `usage`: of the canonical form; a later one takes the place of an earlier one.
    mutating func take(_ usage: JSONValue?) {
        guard let usage, usage.kind == .object else { return }
        let details = usage["prompt_tokens_details"]
        cacheRead = JSONValue.tokens(details?["cached_tokens"])
        cacheCreation = JSONValue.tokens(details?["cache_creation_tokens"])
        input = max(0, JSONValue.tokens(usage["prompt_tokens"]) - cacheRead - cacheCreation)
        output = JSONValue.tokens(usage["completion_tokens"])
    }

    func write(to writer: inout JSONWriter) {
        writer.object("usage") {
            $0.member("input_tokens", input)
            $0.member("cache_creation_input_tokens", cacheCreation)
            $0.member("cache_read_input_tokens", cacheRead)
            $0.member("output_tokens", output)
        }
    }
}
