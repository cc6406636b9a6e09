/// How the end of a response's body is told (RFC 9112 section 6.3).
enum ResponseFraming: Equatable, Sendable {
    /// The response ends with its head: 1xx, 204, 304, and nothing is said about a length.
    case none
    /// So many bytes follow, or would follow if the request were not HEAD.
    case length(Int)
    /// Chunks; for HTTP/1.1 clients only.
    case chunked
    /// The connection's end is the body's, for HTTP/1.0 clients; goes with `keepAlive: false`.
    case untilClose
}
