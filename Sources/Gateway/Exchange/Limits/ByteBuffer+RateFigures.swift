import Policies
import Upstreams

extension ByteBuffer {
    /// `x-ratelimit-*` as OpenAI has them: limit, what remains, and the time until all is free again.
    mutating func append(_ figures: RateFigures) {
        if let requests = figures.requests {
            append("x-ratelimit-limit-requests: ")
            append(decimal: requests.limit)
            append("\r\nx-ratelimit-remaining-requests: ")
            append(decimal: requests.remaining)
            append("\r\nx-ratelimit-reset-requests: ")
            append(duration: requests.reset)
        }
        if let tokens = figures.tokens {
            append("x-ratelimit-limit-tokens: ")
            append(decimal: tokens.limit)
            append("\r\nx-ratelimit-remaining-tokens: ")
            append(decimal: tokens.remaining)
            append("\r\nx-ratelimit-reset-tokens: ")
            append(duration: tokens.reset)
        }
    }

    /// The value of a field and the end of its line.
    private mutating func append(duration nanoseconds: Int) {
        LimitDuration.write(nanoseconds: nanoseconds) { append($0) }
        append("\r\n")
    }
}
