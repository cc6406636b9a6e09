import COpenSSL
import Glibc

/// This thread's queue of OpenSSL errors.
///
/// Must be empty before a call on a session, since `SSL_get_error` looks into it, and others on the thread (libcurl)
/// may have left something there.
enum OpenSSLErrors {
    /// The first error of a failed call, which is the cause of those after it.
    struct Cause {
        let code: UInt

        func isReason(_ reason: Int32, of library: Int32) -> Bool {
            ERR_GET_LIB(code) == library && ERR_GET_REASON(code) == reason
        }

        /// In OpenSSL's words, or the system's.
        var text: String {
            if ERR_GET_LIB(code) == ERR_LIB_SYS { return unsafe String(cString: strerror(ERR_GET_REASON(code))) }
            guard let reason = unsafe ERR_reason_error_string(code) else { return "unknown error" }
            return unsafe String(cString: reason)
        }
    }

    @inline(__always)
    static func clear() { ERR_clear_error() }

    /// Empties the queue and tells its first error.
    static func drain() -> Cause {
        defer { clear() }
        return Cause(code: ERR_get_error())
    }
}
