/// What one try to move bytes between a buffer and a peer came to; the same for plain sockets and TLS.
///
/// A peer that is not ready is a value here, not an error.
package enum IOResult: Hashable, Sendable {
    /// So many bytes, at least one, went into or out of the buffer. There may be more to move.
    case moved(Int)
    /// Nothing moved. Try again when the descriptor is writable (`wantsWrite`) or else readable.
    case wouldBlock(wantsWrite: Bool)
    /// The peer ended its sending side in good order. Writing may still work.
    case endOfStream
    /// The connection is of no more use: close it.
    case failed(IOFailure)
}
