/// How one listener speaks TLS: a checked part of the configuration, before any file is read.
package struct TLSSettings: Hashable, Sendable {
    /// A PEM file with a certificate and its chain, leaf first, and the PEM file with its private key.
    package struct CertificateFiles: Hashable, Sendable {
        package var certificateFile: String
        package var keyFile: String

        package init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// Whether clients show certificates, and the PEM file of authorities that must have signed them.
    package enum ClientCertificates: Hashable, Sendable {
        /// None is asked for.
        case ignored
        /// A client may show none; one that shows a wrong one is refused.
        case optional(authorityFile: String)
        /// A client without a right one is refused.
        case required(authorityFile: String)
    }

    /// At least one. The first serves clients that name no host or an unknown one.
    package var certificates: [CertificateFiles]
    /// Clients below it are refused.
    package var minimumVersion: TLSVersion
    package var clientCertificates: ClientCertificates
    /// DNS names and IP addresses of the certificate that is made when the first pair of files is missing; empty: none
    /// is made.
    package var selfSignedFor: [String]
    /// Application protocols in the order of our preference (RFC 7301); empty: the extension is left unanswered.
    package var applicationProtocols: [String]

    package init(
        certificates: [CertificateFiles],
        minimumVersion: TLSVersion = .tls12,
        clientCertificates: ClientCertificates = .ignored,
        selfSignedFor: [String] = [],
        applicationProtocols: [String] = ["http/1.1"]
    ) {
        self.certificates = certificates
        self.minimumVersion = minimumVersion
        self.clientCertificates = clientCertificates
        self.selfSignedFor = selfSignedFor
        self.applicationProtocols = applicationProtocols
    }

    /// Makes the first certificate, self-signed, when `selfSignedFor` asks for it and its files are missing.
    ///
    /// Apart from creating a `TLSContext`, so that a mere check of a configuration writes no file.
    package func ensureSelfSignedCertificate() throws(TLSError) {
        guard let files = certificates.first, !selfSignedFor.isEmpty else { return }
        try SelfSignedCertificate.ensure(
            names: selfSignedFor, certificateFile: files.certificateFile, keyFile: files.keyFile)
    }
}
