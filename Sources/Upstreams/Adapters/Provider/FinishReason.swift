/// Why a model stopped, in OpenAI's words.
enum FinishReason: String {
    case stop, length
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"
}
