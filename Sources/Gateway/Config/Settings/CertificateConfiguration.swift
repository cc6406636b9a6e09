/// The two PEM files of one certificate.
package struct CertificateConfiguration: Hashable, Sendable {
    /// Absolute path: the certificate and its chain, leaf first.
    package let certificateFile: String
    /// Absolute path: the private key, without a passphrase.
    package let keyFile: String

    package init(_ r: ConfigReader) {
        certificateFile = r.required(
            "certificate_file", .path, example: .string("certs/server.pem"),
            doc: "PEM file of the certificate and its chain, leaf first.")
        keyFile = r.required(
            "key_file", .path, example: .string("certs/server.key"),
            doc: "PEM file of the private key, without a passphrase.")
    }
}
