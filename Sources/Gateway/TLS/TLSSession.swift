import COpenSSL
import Glibc
package import Upstreams

/// The server's side of TLS on one connected, non-blocking socket.
///
/// Owns one `SSL` and frees it exactly once; the descriptor stays the caller's, who closes it after this is gone, or
/// at least never uses this afterwards. Stays on the thread of its connection. The process must ignore SIGPIPE: a
/// write to a connection that the peer has closed raises it otherwise.
///
/// Goes from handshake (`handshake()` until it is complete) to open (`read`, `write`) to closed (`shutdown()`, or any
/// `failed`, after which only freeing is left).
@safe
package struct TLSSession: ~Copyable {
    private let session: OpaquePointer
    // OpenSSL's callbacks reach for it without holding it.
    private let context: TLSContext
    private var isUsable = true
    /// How many bytes the last write gave to OpenSSL, if it would have blocked; OpenSSL wants the same again.
    private var sealedCount = 0

    package init(_ context: TLSContext, descriptor: Int32) {
        self.context = context
        unsafe session = context.makeSession()
        precondition(unsafe SSL_set_fd(session, descriptor) == 1, "out of memory")
        unsafe SSL_set_accept_state(session)
    }

    deinit { unsafe SSL_free(session) }

    // MARK: Moving bytes

    /// Goes on with the handshake as far as the socket allows. Does nothing once it is complete.
    package mutating func handshake() -> HandshakeProgress {
        guard isUsable else { return .failed(.tls("session is closed")) }
        OpenSSLErrors.clear()
        let code = unsafe SSL_do_handshake(session)
        if code == 1 { return .complete }
        switch result(of: code) {
        case .wouldBlock(let wantsWrite):
            return .wouldBlock(wantsWrite: wantsWrite)
        case .failed(let failure):
            isUsable = false
            return .failed(failure)
        case .endOfStream, .moved:
            isUsable = false
            return .failed(.truncated)
        }
    }

    /// Appends what one TLS record, or the rest of one, holds, but at most `count` bytes.
    ///
    /// OpenSSL reads ahead: the socket need not become readable again while `hasPending`, so read on until it is false
    /// or the result is `wouldBlock`.
    package mutating func read(into buffer: inout ByteBuffer, atMost count: Int) -> IOResult {
        precondition(count > 0, "reading no bytes")
        guard isUsable else { return .failed(.tls("session is closed")) }
        OpenSSLErrors.clear()
        let code = unsafe buffer.fill(room: count) { room in
            Int(unsafe SSL_read(session, room.baseAddress, Int32(clamping: count)))
        }
        return code > 0 ? .moved(code) : result(of: Int32(code))
    }

    /// Sends the first bytes of `buffer`, at most one TLS record of 16 KiB, and removes them from it.
    ///
    /// After `wouldBlock` some of them are sealed in a record already: until the next write the buffer may grow, but
    /// its first bytes must stay.
    package mutating func write(from buffer: inout ByteBuffer) -> IOResult {
        precondition(!buffer.isEmpty, "writing no bytes")
        guard isUsable else { return .failed(.tls("session is closed")) }
        // Not all at once: a call that ends one record and blocks in the next reports neither as sent.
        let count = sealedCount > 0 ? sealedCount : min(buffer.count, Int(SSL3_RT_MAX_PLAIN_LENGTH))
        OpenSSLErrors.clear()
        let code = unsafe buffer.withUnsafeBytes { bytes in
            precondition(bytes.count >= count, "bytes of a blocked write were taken away")
            return unsafe SSL_write(session, bytes.baseAddress, Int32(count))
        }
        guard code > 0 else {
            sealedCount = count
            return result(of: code)
        }
        sealedCount = 0
        buffer.removeFirst(Int(code))
        return .moved(Int(code))
    }

    /// Tells the peer that nothing more will come (close_notify), in one try, and ends the session. Does not wait for
    /// the peer's own: the caller closes the socket.
    package mutating func shutdown() {
        guard isUsable else { return }
        isUsable = false
        OpenSSLErrors.clear()
        _ = unsafe SSL_shutdown(session)
        OpenSSLErrors.clear()
    }

    /// Whether bytes were read from the socket that `read` has not given out yet.
    package var hasPending: Bool { unsafe SSL_has_pending(session) == 1 }

    /// What a call that gave `code`, zero or less, came to. Must be called at once: it reads `errno`.
    private mutating func result(of code: Int32) -> IOResult {
        let systemError = errno
        switch unsafe SSL_get_error(session, code) {
        case SSL_ERROR_WANT_READ: return .wouldBlock(wantsWrite: false)
        case SSL_ERROR_WANT_WRITE: return .wouldBlock(wantsWrite: true)
        case SSL_ERROR_ZERO_RETURN: return .endOfStream
        case SSL_ERROR_SYSCALL:
            isUsable = false
            OpenSSLErrors.clear()
            return .failed(systemError == 0 ? .truncated : .system(systemError))
        default:
            isUsable = false
            return .failed(protocolFailure())
        }
    }

    private func protocolFailure() -> IOFailure {
        let cause = OpenSSLErrors.drain()
        if cause.isReason(SSL_R_UNEXPECTED_EOF_WHILE_READING, of: ERR_LIB_SSL) { return .truncated }
        let verification = unsafe SSL_get_verify_result(session)
        guard verification != Int(X509_V_OK), let detail = unsafe X509_verify_cert_error_string(verification) else {
            return .tls(cause.text)
        }
        return unsafe .tls("\(cause.text): \(String(cString: detail))")
    }

    // MARK: What was agreed on

    /// Nil before the handshake is complete.
    package var version: TLSVersion? {
        unsafe SSL_is_init_finished(session) == 1 ? TLSVersion(number: SSL_version(session)) : nil
    }

    /// Whether the session began with a ticket of an earlier one.
    package var isResumed: Bool { unsafe SSL_session_reused(session) == 1 }

    /// The application protocol, such as `http/1.1`; nil if the client offered none.
    package var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(session, &name, &count)
        guard let name = unsafe name else { return nil }
        return unsafe String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// What the client's certificate says; nil if it showed none, or one that was not found to be right. Allocates.
    package var peerCertificate: PeerCertificate? {
        guard unsafe SSL_get_verify_result(session) == Int(X509_V_OK),
            let certificate = unsafe SSL_get1_peer_certificate(session)
        else { return nil }
        return unsafe PeerCertificate(Certificate(owning: certificate))
    }
}
