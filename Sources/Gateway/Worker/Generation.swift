/// A configuration with what was loaded for it: what a reload hands to each worker.
struct Generation: Sendable {
    let configuration: Configuration
    /// By listener name, for those with TLS.
    let tls: [String: TLSContext]
    /// The vocabularies that it names.
    let tokenizers: Tokenizers
    /// When it was loaded, in seconds since 1970.
    let loadedAt: Int

    /// Reads the certificates and vocabularies that the configuration names and makes the self-signed certificates that
    /// it asks for. Throws `TLSError` or `TokenizerError`, which name the file.
    init(_ configuration: Configuration, ticketKeys: TicketKeys) throws {
        self.configuration = configuration
        tokenizers = try Tokenizers(configuration.policies)
        loadedAt = WallClock.now / 1_000_000_000
        var tls: [String: TLSContext] = [:]
        for listener in configuration.listeners {
            guard let section = listener.tls else { continue }
            let settings = TLSSettings(section)
            try settings.ensureSelfSignedCertificate()
            tls[listener.name] = try TLSContext(settings, ticketKeys: ticketKeys)
        }
        self.tls = tls
    }
}

extension TLSSettings {
    fileprivate init(_ section: TLSConfiguration) {
        let files = section.certificates.map {
            CertificateFiles(certificateFile: $0.certificateFile, keyFile: $0.keyFile)
        }
        let clients: ClientCertificates
        switch (section.clientCAFile, section.clientCertificate) {
        case (nil, _): clients = .ignored
        case (let file?, .optional): clients = .optional(authorityFile: file)
        case (let file?, .required): clients = .required(authorityFile: file)
        }
        self.init(
            certificates: files, minimumVersion: section.minimumVersion == .tls13 ? .tls13 : .tls12,
            clientCertificates: clients, selfSignedFor: section.selfSignedFor)
    }
}
