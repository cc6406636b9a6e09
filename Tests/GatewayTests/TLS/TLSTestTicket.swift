import COpenSSL

/// A session that a client may resume. Owns one reference to an `SSL_SESSION`.
@safe
final class TLSTestTicket {
    let pointer: OpaquePointer

    @unsafe
    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe SSL_SESSION_free(pointer) }
}
