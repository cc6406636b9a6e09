import Upstreams

extension APIError {
    /// What a client is told of a provider's failure when the gateway has to find the words.
    init(_ error: UpstreamError) {
        switch error.cause {
        case .connectTimeout, .firstEventTimeout, .idleTimeout, .totalTimeout:
            self.init(.gatewayTimeout, type: "timeout_error", code: "upstream_\(error.cause.rawValue)", error.message)
        case .overloaded:
            self = .unavailable(error.message, retryAfter: 1000)
        case .unavailable:
            self = .unavailable(error.message, retryAfter: error.retryAfter ?? 1000)
        case .authentication:
            self.init(.badGateway, type: "upstream_error", code: "upstream_authentication_failed", error.message)
        case .status:
            let status = error.answer?.head.status ?? 502
            self.init(HTTPStatus(status), type: "upstream_error", code: "upstream_status", error.message)
            retryAfter = error.retryAfter
        case .connect, .tls, .truncated, .malformed, .oversized, .inBand:
            self.init(.badGateway, type: "upstream_error", code: "upstream_\(error.cause.rawValue)", error.message)
        }
        source = .upstream
    }
}
