/// How a call to a provider failed below HTTP.
package enum TransportFailure: Error, Equatable, Sendable {
    /// The host's name has no address.
    case resolve
    /// No connection: refused, unreachable, or the proxy would not.
    case connect
    /// No connection within `connect_ms`.
    case connectTimeout
    /// The TLS handshake failed; `true` when the provider's certificate was not accepted.
    case tls(certificate: Bool)
    /// The connection ended before the answer was whole (reset, cut, shorter than its length).
    case truncated
    /// What came is not HTTP.
    case protocolViolation
    /// Anything else, by libcurl's number.
    case other(Int)
}
