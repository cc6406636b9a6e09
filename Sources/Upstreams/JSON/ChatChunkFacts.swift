internal import CJSON

/// What the relay has to know of one event of a chat stream, or of a whole chat completion (OpenAI API reference,
/// `chat.completion.chunk` and `chat.completion`; legacy text completions, too).
package struct ChatChunkFacts: Hashable, Sendable {
    /// Tokens as the provider counted them; 0 where it named none. A larger count is read as 2^31 - 1, so that sums of
    /// counts do not overflow.
    package struct Usage: Hashable, Sendable {
        package var promptTokens: Int
        package var completionTokens: Int
        package var totalTokens: Int
        /// The part of `promptTokens` that the provider had in its cache.
        package var cachedTokens: Int

        package init(promptTokens: Int = 0, completionTokens: Int = 0, totalTokens: Int = 0, cachedTokens: Int = 0) {
            self.promptTokens = promptTokens
            self.completionTokens = completionTokens
            self.totalTokens = totalTokens
            self.cachedTokens = cachedTokens
        }
    }

    /// False: valid JSON, but an array or a scalar. Then every other fact is false, too.
    package var isObject: Bool
    /// A top-level `error` that is not null.
    package var hasError: Bool
    /// The number of elements in `choices`.
    package var choices: Int
    /// Any choice has a `finish_reason` that is not null and not empty.
    package var hasFinishReason: Bool
    /// Any choice says something to the client: text, refusal, reasoning, a tool or function call, audio.
    package var hasContent: Bool
    /// `nil` unless `usage` is an object.
    package var usage: Usage?
    /// It tells how the work goes on, and is no event of the answer.
    package var isProgress = false

    /// For events that the gateway makes itself, and so knows.
    package init(choices: Int, hasFinishReason: Bool, hasContent: Bool, usage: Usage?) {
        isObject = true
        hasError = false
        self.choices = choices
        self.hasFinishReason = hasFinishReason
        self.hasContent = hasContent
        self.usage = usage
    }

    init(_ facts: cj_chunk_facts) {
        isObject = facts.is_object
        hasError = facts.has_error
        choices = Int(facts.choices)
        hasFinishReason = facts.has_finish_reason
        hasContent = facts.has_content
        guard facts.has_usage else { return }
        usage = Usage(
            promptTokens: Int(facts.prompt_tokens), completionTokens: Int(facts.completion_tokens),
            totalTokens: Int(facts.total_tokens), cachedTokens: Int(facts.cached_tokens))
    }
}
