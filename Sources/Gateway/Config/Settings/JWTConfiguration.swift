/// Which JSON Web Tokens are accepted, and what their claims say about callers.
package struct JWTConfiguration: Sendable {
    /// Algorithms, issuer, audience, leeway and claims.
    package let rules: JWTRules
    /// Of HS256; nil: none.
    package let secret: Secret?
    /// The keys of `jwks_file`; nil: none is named.
    package let keySet: JWKSet?
    /// Absolute path of `jwks_file`, which is read with the configuration.
    package let keyFile: String?
    /// Where keys are fetched from; nil: nowhere.
    package let location: JWKSLocation?

    /// Bytes that a secret has at least (RFC 7518 section 3.2).
    private static let minSecretBytes = 32

    package init(_ r: ConfigReader) {
        let algorithms = r.optional(
            "algorithms", .list(of: .choice(JWTAlgorithm.rs256), minimum: 1),
            example: .array([.string("HS256"), .string("RS256")]),
            doc: "By which tokens may be signed; without it HS256 with a `secret`, RS256 and ES256 with a key set.")
        secret = r.optional(
            "secret", .secret, example: .object([("env", .string("JWT_SECRET"))]),
            doc: "For HS256: at least 32 bytes, taken as they are.")
        keyFile = r.optional(
            "jwks_file", .readableFile, example: .string("auth/jwks.json"),
            doc: "File with a JWK set (RFC 7517) for RS256 and ES256; read at the start and at each reload.")
        let url = r.optional(
            "jwks_url", .baseURL, example: .string("https://id.example.com/jwks.json"),
            doc: "Where such a set is fetched, at the start and again and again.")
        let refresh = r.milliseconds(
            "refresh_ms", default: 600_000, in: 1000...86_400_000,
            doc: "Time from one fetch to the next; a key id that nobody knows brings one forward.")
        let caFile = r.optional(
            "ca_file", .readableFile, example: .string("certs/id-ca.pem"),
            doc: "PEM file of the authorities to trust for `jwks_url` instead of the system's.")
        let proxy = r.optional(
            "proxy", .proxyURL, example: .string("http://proxy.example.com:3128"),
            doc: "URL of a proxy for `jwks_url`; without it none.")
        location = url.flatMap { JWKSLocation($0, refreshMs: refresh, caFile: caFile, proxy: proxy) }
        keySet = keyFile.flatMap { Self.readKeys($0, r) }
        let possible = Set<JWTAlgorithm>(
            (secret == nil ? [] : [.hs256]) + (keyFile == nil && url == nil ? [] : [.rs256, .es256]))
        rules = Self.rules(r, algorithms: algorithms.map(Set.init) ?? possible)
        for key in ["refresh_ms", "ca_file", "proxy"] where url == nil && r.has(key) {
            r.report("has no effect without jwks_url", at: .member(key))
        }
        checkSources(r, algorithms, hasURL: url != nil)
    }

    private static func rules(_ r: ConfigReader, algorithms: Set<JWTAlgorithm>) -> JWTRules {
        var rules = JWTRules(algorithms: algorithms)
        rules.issuer = r.optional(
            "issuer", .string(), example: .string("https://id.example.com/"),
            doc: "What `iss` must be; without it anything.")
        rules.audiences =
            r.optional(
                "audience", .oneOrMore(.string()), example: .string("gateway"),
                doc: "What `aud` must be or hold, one of these; without it anything.") ?? []
        let leeway = r.milliseconds(
            "leeway_ms", default: 30_000, in: 0...600_000, doc: "How far the clocks may differ for `exp`, `nbf`, `iat`."
        )
        rules.leeway = Double(leeway) / 1000
        (rules.user, rules.team, rules.models) = r.section(
            "claims", doc: "Which claims tell what; a dot leads into an object (`realm.roles`).", Self.claims)
        return rules
    }

    private static func claims(_ r: ConfigReader) -> (user: ClaimName, team: ClaimName?, models: ClaimName?) {
        let user = r.value(
            "user", .claimName, default: ClaimName("sub"), doc: "Who is calling; a token without it is refused.")
        let team = r.optional(
            "team", .claimName, example: .string("realm.team"),
            doc: "The user's team: text, or a list whose first text counts; without it none.")
        let models = r.optional(
            "models", .claimName, example: .string("models"),
            doc: "Models that may be used: a list, or text with blanks between; `*` stands for any run of characters."
                + " A token without the claim may use none; without this setting all.")
        return (user, team, models)
    }

    private static func readKeys(_ file: String, _ r: ConfigReader) -> JWKSet? {
        guard !file.isEmpty else { return nil }
        do throws(FileAccessError) {
            let bytes = try FileAccess.read(file, limit: JWKSet.maxBytes)
            do throws(JWKSet.Fault) {
                return try JWKSet(parsing: bytes)
            } catch {
                r.report("\(file.quoted) cannot be used: \(error.reason)", at: "jwks_file")
            }
        } catch {
            r.report("cannot read \(file.quoted): \(error.reason)", at: "jwks_file")
        }
        return nil
    }

    private func checkSources(_ r: ConfigReader, _ algorithms: [JWTAlgorithm]?, hasURL: Bool) {
        let hasKeySet = keyFile != nil || hasURL
        if secret == nil, !hasKeySet {
            r.report("there is nothing to check tokens with; add secret, jwks_file or jwks_url")
        }
        if keyFile != nil, hasURL { r.report("give either jwks_file or jwks_url, not both", at: "jwks_url") }
        if let secret, !secret.exposed.isEmpty, secret.exposed.utf8.count < Self.minSecretBytes {
            r.report("the secret is too short: HS256 needs \(Self.minSecretBytes) bytes or more", at: "secret")
        }
        guard let algorithms, !algorithms.isEmpty else { return }
        for (index, algorithm) in algorithms.enumerated() {
            if algorithm == .hs256, secret == nil {
                r.report("HS256 needs a secret", at: "algorithms", .element(index))
            }
            if algorithm != .hs256, !hasKeySet {
                r.report("\(algorithm.rawValue) needs jwks_file or jwks_url", at: "algorithms", .element(index))
            }
        }
        if secret != nil, !algorithms.contains(.hs256) {
            r.report("has no effect: algorithms does not name HS256", at: "secret")
        }
        if hasKeySet, algorithms.allSatisfy({ $0 == .hs256 }) {
            r.report(
                "has no effect: algorithms names neither RS256 nor ES256",
                at: .member(keyFile != nil ? "jwks_file" : "jwks_url"))
        }
    }
}

extension JWKSLocation {
    /// Nil for text that is no URL, which has been reported.
    fileprivate init?(_ url: String, refreshMs: Int, caFile: String?, proxy: Secret?) {
        guard let parts = URLSyntax(url, schemes: ["http", "https"]) else { return nil }
        self.init(
            origin: "\(parts.scheme)://\(parts.authority)", path: parts.path.isEmpty ? "/" : parts.path,
            refreshMs: refreshMs, caFile: caFile, proxy: proxy)
    }
}
