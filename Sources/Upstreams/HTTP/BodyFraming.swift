/// How the end of a message's body is told (RFC 9112 section 6).
package enum BodyFraming: Equatable, Sendable {
    /// No body follows the head.
    case none
    /// So many bytes, as `content-length` says.
    case length(Int)
    /// Chunks, the last of size 0.
    case chunked
    /// The connection's end is the body's: answers only.
    case untilClose
}
