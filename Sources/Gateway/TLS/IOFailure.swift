import Glibc

/// Why a connection is of no more use.
package enum IOFailure: Error, Hashable, Sendable {
    /// A system call failed with this `errno`.
    case system(Int32)
    /// The peer closed the TCP connection without TLS's close_notify: what came before may be cut short.
    case truncated
    /// TLS itself failed, for OpenSSL's reason, such as `no shared cipher`.
    case tls(String)
}

extension IOFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let code): unsafe String(cString: strerror(code))
        case .truncated: "connection closed without close_notify"
        case .tls(let reason): reason
        }
    }
}
