import Policies

/// Who makes a request by a client's certificate, which the handshake has found to be right.
struct CertificateCallers {
    private let name: ClientCertificateConfiguration.Name
    /// Nil: every name is a user.
    private let callers: [String: Identity]?

    init(_ configuration: ClientCertificateConfiguration) {
        name = configuration.name
        guard !configuration.callers.isEmpty else {
            callers = nil
            return
        }
        let named = configuration.callers.map { name, caller in
            (
                name,
                Identity(
                    keyID: nil, user: caller.user ?? name, team: caller.team, models: caller.models.map { Glob($0) })
            )
        }
        callers = Dictionary(named) { first, _ in first }
    }

    /// Nil for a certificate without a name of the wanted kind, and for a name that is not listed. `now`: seconds since
    /// 1970.
    func identify(_ certificate: PeerCertificate, now: Int) throws(APIError) -> Identity? {
        guard now <= certificate.expires else { throw .expiredCertificate }
        guard let name = name(in: certificate), Self.isPlain(name) else { return nil }
        guard let callers else {
            return Identity(keyID: nil, user: name, team: nil, models: Identity.anonymous.models)
        }
        return callers[name]
    }

    private func name(in certificate: PeerCertificate) -> String? {
        switch name {
        case .commonName: certificate.commonName
        case .email: certificate.emails.first
        case .dns: certificate.dnsNames.first
        case .uri: certificate.uris.first
        case .subject: certificate.subject
        }
    }

    /// Not empty, and nothing that would look different in a log.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && !name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0.value == 0xFFFD }
    }
}
