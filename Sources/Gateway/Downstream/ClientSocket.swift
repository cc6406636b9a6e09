import Glibc
import Upstreams

/// The socket of one client, with TLS on it or without.
///
/// Owns the descriptor and closes it exactly once. Would-block is a value, never an error.
struct ClientSocket: ~Copyable {
    let descriptor: Int32
    private var tls: TLSSession?

    /// Takes over a connected, non-blocking descriptor.
    init(_ descriptor: Int32, tls context: TLSContext?) {
        self.descriptor = descriptor
        isSecure = context != nil
        if let context { tls = TLSSession(context, descriptor: descriptor) }
        var on: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    let isSecure: Bool

    /// TLS facts, nil on a plain socket or before the handshake is complete.
    var tlsVersion: TLSVersion? { mutating get { tls?.version } }
    var isResumed: Bool { mutating get { tls?.isResumed ?? false } }
    var peerCertificate: PeerCertificate? { mutating get { tls?.peerCertificate } }

    /// Goes on with the TLS handshake; complete at once on a plain socket.
    mutating func handshake() -> HandshakeProgress { tls?.handshake() ?? .complete }

    /// Appends what has come, at most `count` bytes.
    mutating func read(into buffer: inout ByteBuffer, atMost count: Int) -> IOResult {
        if tls != nil { return readSecurely(into: &buffer, atMost: count) }
        while true {
            let received = unsafe buffer.fill(room: count) { room in
                unsafe recv(descriptor, room.baseAddress, count, 0)
            }
            if received > 0 { return .moved(received) }
            if received == 0 { return .endOfStream }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock(wantsWrite: false) : .failed(.system(errno))
        }
    }

    /// OpenSSL hands out one record at a time and the descriptor does not tell of those it has read ahead.
    private mutating func readSecurely(into buffer: inout ByteBuffer, atMost count: Int) -> IOResult {
        var total = 0
        while total < count {
            let result = tls?.read(into: &buffer, atMost: count - total) ?? .endOfStream
            guard case .moved(let received) = result else { return total > 0 ? .moved(total) : result }
            total += received
        }
        return .moved(total)
    }

    /// Whether bytes wait that the descriptor will not tell of.
    var hasPending: Bool { mutating get { tls?.hasPending ?? false } }

    /// Sends from the front of `buffer` and removes what was sent.
    mutating func write(from buffer: inout ByteBuffer) -> IOResult {
        if tls != nil { return tls?.write(from: &buffer) ?? .endOfStream }
        while true {
            let sent = unsafe buffer.withUnsafeBytes { bytes in
                unsafe send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if sent >= 0 {
                buffer.removeFirst(sent)
                return .moved(sent)
            }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock(wantsWrite: true) : .failed(.system(errno))
        }
    }

    /// Tells the client that nothing more will come; reading still works.
    mutating func endWriting() {
        tls?.shutdown()
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Makes closing drop the connection with a reset, so that no client takes a cut answer for a whole one.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
