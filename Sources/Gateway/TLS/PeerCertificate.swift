import COpenSSL
import Glibc

/// What a client's certificate says about its owner. The certificate was checked during the handshake.
package struct PeerCertificate: Sendable {
    /// The whole subject as RFC 2253 writes it, such as `CN=alice,O=Example`.
    package var subject: String
    /// The common name; nil if there is none, or more than one.
    package var commonName: String?
    /// From the subjectAltName extension (RFC 5280 section 4.2.1.6), in the order of the certificate.
    package var emails: [String] = []
    package var dnsNames: [String] = []
    package var uris: [String] = []
    /// When it ends, in seconds since 1970: connections and tickets may live longer.
    package var expires: Int
}

extension PeerCertificate {
    init(_ certificate: borrowing Certificate) {
        subject = certificate.subject
        commonName = certificate.commonName
        expires = certificate.expires
        emails = certificate.alternativeNames(GEN_EMAIL)
        dnsNames = certificate.alternativeNames(GEN_DNS).map { $0.lowercased() }
        uris = certificate.alternativeNames(GEN_URI)
    }
}
