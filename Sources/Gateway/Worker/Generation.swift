/// A configuration with what was loaded for it: what a reload hands to each worker.
struct Generation: Sendable {
    let configuration: Configuration
    /// By listener name, for those with TLS.
    let tls: [String: TLSContext]
    /// The vocabularies that it names.
    let tokenizers: Tokenizers
    /// The callers' keys.
    let keyring: Keyring
    /// The sets of keys that are fetched for it.
    let keySets: [JWKSLocation: PublishedKeys]
    /// The time zones of the system; none but UTC where no agent may ask for the time.
    let zones: ZoneDatabase
    /// When it was loaded, in seconds since 1970.
    let loadedAt: Int

    /// Every file that it was made of. What was missing then has been made since: a self-signed certificate.
    var files: [String: FileStamp] {
        configuration.files.reduce(into: [:]) { files, file in
            files[file.key] = file.value == .missing ? FileStamp.of(file.key) : file.value
        }
    }

    /// Reads the certificates and vocabularies that the configuration names and makes the self-signed certificates that
    /// it asks for; without `ticketKeys` it has no TLS and touches none of these. Throws `TLSError` or `TokenizerError`,
    /// which name the file. `keys` gives what is, or will be, fetched from a place.
    init(
        _ configuration: Configuration, ticketKeys: TicketKeys?,
        keys: (JWKSLocation) -> PublishedKeys = { PublishedKeys($0) }
    ) throws {
        self.configuration = configuration
        tokenizers = try Tokenizers(configuration.policies)
        keyring = Keyring(configuration.keys)
        zones = configuration.dialects.agent == nil ? ZoneDatabase(folder: "") : ZoneDatabase()
        var keySets: [JWKSLocation: PublishedKeys] = [:]
        for case .auth(let policy) in configuration.policies.map(\.kind) {
            if let location = policy.jwt?.location { keySets[location] = keys(location) }
        }
        self.keySets = keySets
        loadedAt = WallClock.seconds
        var tls: [String: TLSContext] = [:]
        for listener in configuration.listeners {
            guard let ticketKeys, let section = listener.tls else { continue }
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
