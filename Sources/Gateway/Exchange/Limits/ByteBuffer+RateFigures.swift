import Policies
import Upstreams

extension ByteBuffer {
    /// `x-ratelimit-*` as OpenAI has them: limit, what remains, and the time until all is free again.
    mutating func append(_ figures: RateFigures) {
        if let requests = figures.requests {
            appendField("x-ratelimit-limit-requests", requests.limit)
            appendField("x-ratelimit-remaining-requests", requests.remaining)
            appendField("x-ratelimit-reset-requests", nanoseconds: requests.reset)
        }
        if let tokens = figures.tokens {
            appendField("x-ratelimit-limit-tokens", tokens.limit)
            appendField("x-ratelimit-remaining-tokens", tokens.remaining)
            appendField("x-ratelimit-reset-tokens", nanoseconds: tokens.reset)
        }
    }

    private mutating func appendField(_ name: StaticString, nanoseconds: Int) {
        append(name)
        append(": ")
        LimitDuration.write(nanoseconds: nanoseconds) { append($0) }
        append("\r\n")
    }
}
