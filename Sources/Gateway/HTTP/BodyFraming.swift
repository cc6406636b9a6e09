/// How the end of a request's body is told (RFC 9112 section 6).
enum BodyFraming: Equatable, Sendable {
    /// No body follows the head.
    case none
    /// So many bytes, as `content-length` says.
    case length(Int)
    /// Chunks, the last of size 0.
    case chunked
}
