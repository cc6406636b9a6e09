/// Who may call.
package struct AuthPolicyConfiguration: Sendable {
    /// What a caller has to show: one of these.
    package let requirements: Set<AuthRequirement>
    /// Paths that need no key, each compared as a whole. Default: none.
    package let exceptPaths: [String]
    /// Whether `open` is meant for listeners that the network can reach, too. Default false.
    package let allowOpen: Bool
    /// There if, and only if, tokens are accepted.
    package let jwt: JWTConfiguration?
    package let clientCertificate: ClientCertificateConfiguration

    package init(_ r: ConfigReader) {
        requirements = Set(
            r.required(
                "require", .oneOrMore(.choice(AuthRequirement.key)),
                example: .array([.string("key"), .string("jwt"), .string("client_certificate")]),
                doc: "What callers show, one of these if there are several: `key`: one of `keys`; `jwt`: a token by"
                    + " the rules of `jwt`; `client_certificate`: a certificate by the listener's `client_ca_file`;"
                    + " or `open` alone: anyone may call."))
        exceptPaths = r.value(
            "except", .list(of: .urlPath), default: [], example: .array([.string("/health"), .string("/ready")]),
            doc: "Paths that need no key.")
        allowOpen = r.bool(
            "allow_open", default: false, doc: "Lets `open` hold on addresses that the network can reach, too.")
        jwt = r.optional("jwt", .object(JWTConfiguration.init), doc: "Which tokens are accepted, with `jwt`.")
        let certificate = r.optional(
            "client_certificate", .object(ClientCertificateConfiguration.init),
            doc: "Who is who by certificate, with `client_certificate`; without it the common name is the user.")
        clientCertificate = certificate ?? ClientCertificateConfiguration(.placeholder)
        requireAgreement(r, hasCertificateSection: certificate != nil)
    }

    package var isOpen: Bool { requirements.contains(.open) }

    private func requireAgreement(_ r: ConfigReader, hasCertificateSection: Bool) {
        // Nothing could be read, which has been said already.
        guard !requirements.isEmpty else { return }
        if isOpen, requirements.count > 1 {
            r.report("\"open\" asks for nothing, so nothing else can stand beside it", at: "require")
        }
        if requirements.contains(.jwt), jwt == nil {
            r.report("\"jwt\" needs a jwt section beside it, which says what tokens are accepted", at: "require")
        }
        if !requirements.contains(.jwt), jwt != nil {
            r.report("has no effect: require does not name \"jwt\"", at: "jwt")
        }
        if !requirements.contains(.clientCertificate), hasCertificateSection {
            r.report("has no effect: require does not name \"client_certificate\"", at: "client_certificate")
        }
    }
}
