/// How far a TLS handshake has come after one try.
///
/// Goes from any number of `wouldBlock` to either `complete` or `failed`, both final.
package enum HandshakeProgress: Hashable, Sendable {
    /// Keys are agreed on: bytes can be read and written.
    case complete
    /// Try again when the descriptor is writable (`wantsWrite`) or else readable.
    case wouldBlock(wantsWrite: Bool)
    /// The alert that says why has been sent where there is one: close the connection.
    case failed(IOFailure)
}
