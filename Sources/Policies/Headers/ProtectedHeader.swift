/// The header fields that no policy may touch, and why. Names are in lower case.
package enum ProtectedHeader {
    /// Fields of one connection or of a body's form (RFC 9110 sections 6, 7 and 8; RFC 9113 section 8.2.2).
    private static let framing: Set<String> = [
        "accept-encoding", "connection", "content-encoding", "content-length", "content-range", "content-type",
        "expect", "host", "http2-settings", "keep-alive", "proxy-connection", "range", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    private static let credentials: Set<String> = [
        "api-key", "authentication-info", "authorization", "cookie", "cookie2", "proxy-authenticate",
        "proxy-authentication-info", "proxy-authorization", "set-cookie", "set-cookie2", "www-authenticate",
        "x-api-key", "x-goog-api-key",
    ]

    /// What the gateway itself says to providers.
    private static let ownInRequests: Set<String> = ["accept", "user-agent", "x-request-id"]

    /// What the gateway itself says to clients.
    private static let ownInAnswers: Set<String> = [
        "allow", "cache-control", "content-security-policy", "date", "server-timing", "vary", "x-history-trimmed",
        "x-policy", "x-request-id",
    ]

    /// What the gateway says to clients, or passes on from the provider when it has nothing to say itself.
    private static let limits: Set<String> = [
        "retry-after", "retry-after-ms", "x-should-retry", "x-upstream-request-id",
    ]

    /// Why a policy may not use a field in this way; nil: it may.
    package static func reason(_ name: String, _ use: HeaderUse) -> String? {
        if framing.contains(name) {
            return "it belongs to the connection or to the form of the body, which are the gateway's own"
        }
        if credentials.contains(name) { return "it carries credentials, which no policy touches" }
        if use.isOfRequest {
            return ownInRequests.contains(name) ? "the gateway sends its own to providers" : nil
        }
        if ownInAnswers.contains(name) || name.hasPrefix("access-control-") {
            return "the gateway sends its own to clients"
        }
        guard limits.contains(name) || name.hasPrefix("x-ratelimit-") else { return nil }
        switch use {
        case .answer: return "the gateway sends its own to clients"
        case .relay: return "the gateway passes it on by itself"
        case .request, .forward, .withhold: return nil
        }
    }
}
