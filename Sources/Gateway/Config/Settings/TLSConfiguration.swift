/// How one listener encrypts.
package struct TLSConfiguration: Sendable {
    /// A version of TLS.
    package enum Version: String, CaseIterable, Sendable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// What is asked of a client, given the authorities of `client_ca_file`.
    package enum ClientCertificate: String, CaseIterable, Sendable {
        /// A client may show none; one that shows a wrong one is refused.
        case optional
        /// A client without a right one is refused.
        case required
    }

    /// At least one. The first serves clients that name no host or an unknown one.
    package let certificates: [CertificateConfiguration]
    /// Clients below it are refused. Default 1.2.
    package let minimumVersion: Version
    /// Absolute path of a PEM file of authorities that sign clients' certificates; nil (default): none is asked for.
    package let clientCAFile: String?
    /// Default: required. Without effect, and not accepted in the file, while `clientCAFile` is nil.
    package let clientCertificate: ClientCertificate
    /// DNS names and IP addresses of the certificate that is made at the first start when the first pair of files is
    /// missing. Default: none, and the files must be there.
    package let selfSignedFor: [String]

    package init(_ r: ConfigReader) {
        certificates = r.required(
            "certificates", .list(of: .object(CertificateConfiguration.init), minimum: 1),
            doc: "Certificates by SNI; the first serves clients that name no host or an unknown one.")
        minimumVersion = r.value(
            "min_version", .choice(.tls12), default: .tls12, doc: "Clients with an older version of TLS are refused.")
        clientCAFile = r.optional(
            "client_ca_file", .readableFile, example: .string("certs/clients.pem"),
            doc: "PEM file of the authorities that sign clients' certificates; without it none is asked for.")
        let mode = r.optional(
            "client_certificate", .choice(ClientCertificate.required), example: .string("required"),
            doc: "Whether a client must show a certificate (`required`, the default with `client_ca_file`) or may.")
        clientCertificate = mode ?? .required
        selfSignedFor = r.value(
            "self_signed_for", .list(of: .string()), default: [], example: .array([.string("localhost")]),
            doc: "Names and addresses of the certificate that is made at first start when the first pair is missing.")
        if mode != nil, clientCAFile == nil { r.report("needs client_ca_file beside it", at: "client_certificate") }
        requireFiles(r)
    }

    /// Reports files that are missing and will not be made.
    private func requireFiles(_ r: ConfigReader) {
        for (index, pair) in certificates.enumerated() {
            let certificate = FileAccess.obstacle(toReading: pair.certificateFile)
            let key = FileAccess.obstacle(toReading: pair.keyFile)
            let bothMissing = !FileAccess.exists(pair.certificateFile) && !FileAccess.exists(pair.keyFile)
            if index == 0, !selfSignedFor.isEmpty, bothMissing { continue }
            if let certificate, !pair.certificateFile.isEmpty {
                r.report(
                    "cannot read \(pair.certificateFile.quoted): \(certificate)", at: "certificates", .element(index),
                    "certificate_file")
            }
            if let key, !pair.keyFile.isEmpty {
                r.report(
                    "cannot read \(pair.keyFile.quoted): \(key)", at: "certificates", .element(index), "key_file")
            }
        }
    }
}
