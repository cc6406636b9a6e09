import COpenSSL
import Glibc
import Testing

@testable import Gateway

/// The client's side of TLS for tests, made with OpenSSL alone.
///
/// Owns an `SSL_CTX`, an `SSL` and the descriptor it speaks on.
@safe
final class TLSTestClient {
    /// What a client shows and asks for.
    struct Options {
        var versions = TLS1_2_VERSION...TLS1_3_VERSION
        var serverName: String?
        var protocols: [String] = []
        var identity: TLSTestIdentity?
        var session: TLSTestTicket?
    }

    let descriptor: Int32
    private let context: OpaquePointer
    private let session: OpaquePointer

    init(_ options: Options, descriptor: Int32) throws {
        self.descriptor = descriptor
        unsafe context = try #require(unsafe SSL_CTX_new(TLS_client_method()))
        // The lowest security level, so that it is the server that refuses old versions.
        unsafe SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0")
        unsafe shim_SSL_CTX_set_min_proto_version(context, options.versions.lowerBound)
        unsafe shim_SSL_CTX_set_max_proto_version(context, options.versions.upperBound)
        let wire = options.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !wire.isEmpty { unsafe SSL_CTX_set_alpn_protos(context, wire, UInt32(wire.count)) }
        if let identity = options.identity {
            unsafe SSL_CTX_use_certificate(context, identity.certificate)
            unsafe SSL_CTX_use_PrivateKey(context, identity.key)
        }
        unsafe session = try #require(unsafe SSL_new(context))
        if let name = options.serverName { unsafe shim_SSL_set_tlsext_host_name(session, name) }
        if let ticket = options.session { unsafe SSL_set_session(session, ticket.pointer) }
        unsafe SSL_set_fd(session, descriptor)
        unsafe SSL_set_connect_state(session)
    }

    deinit {
        close(descriptor)
        unsafe SSL_free(session)
        unsafe SSL_CTX_free(context)
    }

    func handshake() -> HandshakeProgress {
        OpenSSLErrors.clear()
        let code = unsafe SSL_do_handshake(session)
        if code == 1 { return .complete }
        switch result(of: code) {
        case .wouldBlock(let wantsWrite): return .wouldBlock(wantsWrite: wantsWrite)
        case .failed(let failure): return .failed(failure)
        case .moved, .endOfStream: return .failed(.truncated)
        }
    }

    /// Sends what it can of `bytes`.
    func write(_ bytes: [UInt8]) -> IOResult {
        OpenSSLErrors.clear()
        return result(of: unsafe SSL_write(session, bytes, Int32(bytes.count)))
    }

    /// Appends what one read gives.
    func read(into bytes: inout [UInt8]) -> IOResult {
        OpenSSLErrors.clear()
        var room = [UInt8](repeating: 0, count: 20_000)
        let result = result(of: unsafe SSL_read(session, &room, Int32(room.count)))
        if case .moved(let count) = result { bytes += room[..<count] }
        return result
    }

    func sendCloseNotify() { unsafe SSL_shutdown(session) }

    private func result(of code: Int32) -> IOResult {
        if code > 0 { return .moved(Int(code)) }
        switch unsafe SSL_get_error(session, code) {
        case SSL_ERROR_WANT_READ: return .wouldBlock(wantsWrite: false)
        case SSL_ERROR_WANT_WRITE: return .wouldBlock(wantsWrite: true)
        case SSL_ERROR_ZERO_RETURN: return .endOfStream
        default: return .failed(.tls(OpenSSLErrors.drain().text))
        }
    }

    var isResumed: Bool { unsafe SSL_session_reused(session) == 1 }

    /// The last ticket that has come.
    func ticket() throws -> TLSTestTicket {
        unsafe TLSTestTicket(owning: try #require(unsafe SSL_get1_session(session)))
    }

    /// The certificate that the server showed.
    func serverNames() throws -> [String] {
        let certificate = unsafe try #require(unsafe SSL_get1_peer_certificate(session))
        return unsafe Certificate(owning: certificate).names
    }
}
