import Glibc

/// A connected, non-blocking socket to a provider.
///
/// Owns the descriptor of a plain connection; libcurl owns the one of a TLS connection, and is told to close it.
/// Either is closed exactly once. Would-block is a value, never an error.
@safe
struct UpstreamSocket: ~Copyable {
    enum Result: Equatable {
        case moved(Int)
        case wouldBlock
        case endOfStream
        case failed
    }

    let descriptor: Int32
    /// Nil: a plain connection.
    private let tls: CurlConnect?

    init(_ descriptor: Int32, tls: CurlConnect?) {
        self.descriptor = descriptor
        self.tls = tls
    }

    deinit {
        if let tls {
            tls.close()
        } else {
            close(descriptor)
        }
    }

    /// Fills `room` with what has come. A TLS record is taken whole, since the descriptor does not tell of its rest.
    @unsafe mutating func receive(_ room: UnsafeMutableRawBufferPointer) -> Result {
        guard let tls else {
            while true {
                let count = unsafe recv(descriptor, room.baseAddress, room.count, 0)
                if count > 0 { return .moved(count) }
                if count == 0 { return .endOfStream }
                if errno != EINTR { return errno == EAGAIN ? .wouldBlock : .failed }
            }
        }
        var total = 0
        while room.count - total >= CurlConnect.maxRecordBytes {
            let result = unsafe tls.receive(UnsafeMutableRawBufferPointer(rebasing: room[total...]))
            guard case .moved(let count) = result else { return total > 0 ? .moved(total) : result }
            total += count
        }
        return .moved(total)
    }

    /// Sends from the front of `bytes`; `more`: further bytes follow at once, and may share a packet.
    @unsafe mutating func send(_ bytes: UnsafeRawBufferPointer, more: Bool) -> Result {
        if let tls { return unsafe tls.send(bytes) }
        let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
        while true {
            let count = unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
            if count >= 0 { return .moved(count) }
            if errno != EINTR { return errno == EAGAIN ? .wouldBlock : .failed }
        }
    }
}
