/// Why TLS could not be set up: always a matter of configuration or of a file, which it names.
package enum TLSError: Error, Hashable, Sendable {
    /// The settings name no certificate.
    case noCertificates
    /// The file cannot be opened or read.
    case unreadable(file: String, reason: String)
    /// The file is not a PEM certificate (chain) that OpenSSL accepts.
    case invalidCertificate(file: String, reason: String)
    /// The file is not an unencrypted PEM private key that OpenSSL accepts.
    case invalidKey(file: String, reason: String)
    /// Both files are sound, but the key is not that of the certificate.
    case keyDoesNotMatch(certificateFile: String, keyFile: String)
    /// The file holds no PEM certificates of authorities.
    case invalidAuthorities(file: String, reason: String)
    /// An application protocol's name is not 1 to 255 bytes long (RFC 7301 section 3.1).
    case invalidApplicationProtocol(String)
    /// Not a DNS name or IP address that a certificate can be made for.
    case invalidName(String)
    /// A self-signed certificate was to be made, but one of its two files is there already.
    case incompletePair(present: String, missing: String)
    /// The file or folder could not be written.
    case unwritable(file: String, reason: String)
}

extension TLSError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noCertificates:
            "TLS needs at least one certificate"
        case .unreadable(let file, let reason):
            "\(file): cannot be read: \(reason)"
        case .invalidCertificate(let file, let reason):
            "\(file): not a usable PEM certificate: \(reason)"
        case .invalidKey(let file, let reason):
            "\(file): not a usable PEM private key without a passphrase: \(reason)"
        case .keyDoesNotMatch(let certificateFile, let keyFile):
            "\(keyFile): not the private key of the certificate in \(certificateFile)"
        case .invalidAuthorities(let file, let reason):
            "\(file): no usable PEM certificates of client authorities: \(reason)"
        case .invalidApplicationProtocol(let name):
            "application protocol \"\(name)\": its name must be 1 to 255 bytes long"
        case .invalidName(let name):
            "\"\(name)\": neither a DNS name nor an IP address"
        case .incompletePair(let present, let missing):
            "\(missing): missing, while \(present) is there; remove that too to have both made anew, or restore it"
        case .unwritable(let file, let reason):
            "\(file): cannot be written: \(reason)"
        }
    }
}
