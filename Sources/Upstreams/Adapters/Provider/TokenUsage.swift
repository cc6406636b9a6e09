/// Tokens of one completion, in OpenAI's way of counting: the prompt's hold those read from a cache, the completion's
/// hold those of reasoning.
struct TokenUsage: Equatable {
    var prompt = 0
    var completion = 0
    /// Part of `prompt` that the provider had in its cache.
    var cached = 0
    /// Part of `prompt` that the provider wrote into its cache.
    var cacheCreation = 0
    /// Part of `completion` that the model thought; nil where the provider does not tell.
    var reasoning: Int?

    var facts: ChatChunkFacts.Usage {
        ChatChunkFacts.Usage(
            promptTokens: min(prompt, Self.most), completionTokens: min(completion, Self.most),
            totalTokens: min(prompt + completion, Self.most), cachedTokens: min(cached, Self.most))
    }

    func write(to writer: inout JSONWriter) {
        writer.object("usage") { usage in
            usage.member("prompt_tokens", prompt)
            usage.member("completion_tokens", completion)
            usage.member("total_tokens", prompt + completion)
            usage.object("prompt_tokens_details") {
                $0.member("cached_tokens", cached)
                if cacheCreation > 0 { $0.member("cache_creation_tokens", cacheCreation) }
            }
            guard let reasoning else { return }
            usage.object("completion_tokens_details") { $0.member("reasoning_tokens", reasoning) }
        }
    }

    /// A provider's count, bounded as `ChatChunkFacts` bounds it; 0 for what is no count.
    static func count(_ value: JSONValue?) -> Int { min(max(value?.int ?? 0, 0), most) }

    private static let most = 1 << 31 - 1
}
