import COpenSSL

/// A version of TLS that the gateway speaks; the raw value is how configurations and logs write it.
package enum TLSVersion: String, Sendable {
    case tls12 = "1.2"
    case tls13 = "1.3"

    /// The version's number on the wire, as OpenSSL takes it.
    var number: Int32 {
        switch self {
        case .tls12: TLS1_2_VERSION
        case .tls13: TLS1_3_VERSION
        }
    }

    /// As logs write it.
    var name: String { "TLSv\(rawValue)" }

    init?(number: Int32) {
        switch number {
        case TLS1_2_VERSION: self = .tls12
        case TLS1_3_VERSION: self = .tls13
        default: return nil
        }
    }
}
