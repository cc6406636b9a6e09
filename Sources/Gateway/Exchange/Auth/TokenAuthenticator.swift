import Policies
import Upstreams

/// Who makes a request by a JSON Web Token, on one worker.
///
/// Keeps whom it found, by the token's SHA-256, until the token expires or the keys change: a token that was seen
/// before costs as much as a key.
final class TokenAuthenticator {
    private let verifier: JWTVerifier
    /// The secret and the keys of a file.
    private let fixed: [VerificationKey]
    private let fetched: PublishedKeys?
    private var keys: [VerificationKey]
    private var version = 0
    private var known = IdentityCache(limit: 8192)
    private let sha256 = SHA256()

    /// Milliseconds after which a client may come back that has to wait for keys.
    private static let retryAfter = 1000

    /// `fetched`: the keys of `jwks_url`, if there is one.
    init(_ configuration: JWTConfiguration, fetched: PublishedKeys?) {
        verifier = JWTVerifier(configuration.rules)
        let secret = configuration.secret.map {
            VerificationKey(id: nil, material: .secret(Array($0.exposed.utf8)))
        }
        fixed = (secret.map { [$0] } ?? []) + (configuration.keySet?.keys ?? [])
        keys = fixed
        self.fetched = fetched
    }

    /// Nil for what is no token, but perhaps a key. `now`: seconds since 1970.
    func identify(_ text: RawSpan, now: Int) throws(APIError) -> Identity? {
        guard CompactJWT.dots(in: text) != nil else { return nil }
        takeNewKeys()
        let digest = sha256.hash(text)
        if let identity = known.find(digest, now: now) { return identity }
        do throws(JWTFault) {
            let token = try verifier.takeApart(text)
            let algorithm = try verifier.algorithm(of: token)
            if fetched != nil, version == 0, algorithm != .hs256 { throw .unknownKey(token.keyID) }
            let claims = try verifier.verify(token, in: text, keys: keys, now: now)
            let identity = Identity(claims)
            known.insert(identity, for: digest, until: claims.expires)
            return identity
        } catch {
            switch error {
            case .notAToken: return nil
            case .unknownKey: throw explain(error, now: now)
            default: throw APIError(error)
            }
        }
    }

    private func takeNewKeys() {
        guard let fetched, fetched.version != version else { return }
        version = fetched.version
        keys = fixed + (fetched.set?.keys ?? [])
        known.removeAll()
    }

    /// A key that nobody knows may be in a newer set, which is worth waiting for; an unknown one in the newest is not.
    private func explain(_ fault: JWTFault, now: Int) -> APIError {
        guard let fetched else { return APIError(fault) }
        if version == 0 {
            return .unavailable("The keys of tokens have not been fetched yet; try again.", retryAfter: Self.retryAfter)
        }
        switch fetched.askForNewer(now: now) {
        case .underWay:
            return .unavailable(
                "\(fault.message) The keys are being fetched anew; try again.", retryAfter: Self.retryAfter)
        case .notNow:
            return APIError(fault)
        }
    }
}

extension Identity {
    convenience init(_ claims: JWTClaims) {
        self.init(
            keyID: nil, user: claims.user, team: claims.team, models: (claims.models ?? ["*"]).map { Glob($0) })
    }
}
