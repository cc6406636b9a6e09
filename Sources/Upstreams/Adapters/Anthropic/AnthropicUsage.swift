/// Tokens as the Messages API counts them. Counts of later events take the place of earlier ones.
struct AnthropicUsage {
    /// Without what was read from the cache or written into it.
    private var input = 0
    private var cacheRead = 0
    private var cacheCreation = 0
    private var output = 0

    mutating func take(_ usage: JSONValue?) {
        guard let usage, usage.kind == .object else { return }
        if let value = usage.present("input_tokens") { input = TokenUsage.count(value) }
        if let value = usage.present("cache_read_input_tokens") { cacheRead = TokenUsage.count(value) }
        if let value = usage.present("cache_creation_input_tokens") { cacheCreation = TokenUsage.count(value) }
        if let value = usage.present("output_tokens") { output = TokenUsage.count(value) }
    }

    var tokens: TokenUsage {
        TokenUsage(
            prompt: input + cacheRead + cacheCreation, completion: output, cached: cacheRead,
            cacheCreation: cacheCreation)
    }
}
