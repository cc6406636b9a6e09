import Policies
import Upstreams

extension ByteBuffer {
    /// `x-ratelimit-*` as OpenAI has them: limit, what remains, and the time until all is free again.
    mutating func append(_ figures: RateFigures) {
        if let requests = figures.requests {
            append(
                requests, limit: "x-ratelimit-limit-requests: ", remaining: "\r\nx-ratelimit-remaining-requests: ",
                reset: "\r\nx-ratelimit-reset-requests: ")
        }
        if let tokens = figures.tokens {
            append(
                tokens, limit: "x-ratelimit-limit-tokens: ", remaining: "\r\nx-ratelimit-remaining-tokens: ",
                reset: "\r\nx-ratelimit-reset-tokens: ")
        }
    }

    /// Three fields, each after the name that is given for it, with what stands before its value.
    private mutating func append(
        _ figure: RateFigures.Figure, limit: StaticString, remaining: StaticString, reset: StaticString
    ) {
        append(limit)
        append(decimal: figure.limit)
        append(remaining)
        append(decimal: figure.remaining)
        append(reset)
        LimitDuration(nanoseconds: figure.reset).withUTF8 { unsafe append($0.bytes) }
        append("\r\n")
    }
}
