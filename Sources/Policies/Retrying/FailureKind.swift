/// Why a call to a provider came to nothing, as far as it matters for what is tried next. The names are those of `on` in
/// the configuration and of the outcomes in metrics and logs.
package enum FailureKind: String, CaseIterable, Sendable {
    /// No connection: no address, or refused.
    case connect
    /// TLS failed, or the certificate is not accepted.
    case tls
    /// Silence: no connection, no content or no end within its time.
    case timeout
    /// Status 429.
    case rateLimited = "rate_limited"
    /// Status 429 for a budget that is used up.
    case quota = "insufficient_quota"
    /// Status 529 (or 503 with such a code), or no place among the calls that the gateway allows.
    case overloaded
    /// Status 408, 409, 425 or 500 and above, or an error within a stream.
    case serverError = "server_error"
    /// The answer ended before it was whole.
    case truncated
    /// What came is no answer of the provider's API.
    case malformed
    /// The answer is above a bound of the gateway.
    case oversized
    /// The provider refuses the gateway's own key.
    case authentication
    /// The provider does not know the model (404).
    case modelNotFound = "model_not_found"
    /// The prompt is longer than the model takes.
    case contextLength = "context_length_exceeded"
    /// The provider's filter refused the request.
    case contentFilter = "content_filter"
    /// The provider understood the request and refuses it.
    case invalidRequest = "invalid_request"

    /// Whether the same target may well answer if it is asked again. Silence is not asked twice, and neither is a target
    /// that says it has too much to do, as long as there is another.
    package var isWorthRepeating: Bool {
        switch self {
        case .connect, .serverError, .truncated: true
        default: false
        }
    }

    /// Whether the target asks for patience: it is asked again only where there is no other.
    package var isBusy: Bool { self == .rateLimited || self == .overloaded }

    /// Whether another target of the same model may well answer.
    package var isTheTargetsOwn: Bool {
        switch self {
        case .contextLength, .contentFilter, .invalidRequest: false
        default: true
        }
    }

    /// Whether the circuit breaker counts it: never what a provider refuses with a status of 4xx.
    package var tripsBreaker: Bool {
        switch self {
        case .connect, .tls, .timeout, .serverError, .overloaded, .truncated, .malformed: true
        case .rateLimited, .quota, .oversized, .authentication, .modelNotFound, .contextLength,
            .contentFilter, .invalidRequest:
            false
        }
    }

    /// Whether the key that was shown had better rest.
    package var isTheKeys: Bool { self == .rateLimited || self == .quota || self == .authentication }
}
