import Policies
import Upstreams

/// An auth policy at work on one worker: who makes a request, by the ways that the policy accepts.
///
/// A certificate comes first, and who is known by it needs nothing else. Then the credential in the head counts: of the
/// form of a token where tokens are accepted, else a key.
final class Authenticator {
    private let isOpen: Bool
    private let exceptPaths: [String]
    private let takesKeys: Bool
    private let keyring: Keyring
    private let sha256 = SHA256()
    private let tokens: TokenAuthenticator?
    private let certificates: CertificateCallers?

    init(_ policy: AuthPolicyConfiguration, _ keyring: Keyring, keySets: [JWKSLocation: PublishedKeys]) {
        isOpen = policy.isOpen
        exceptPaths = policy.exceptPaths
        takesKeys = policy.requirements.contains(.key)
        self.keyring = keyring
        tokens = policy.jwt.map { jwt in TokenAuthenticator(jwt, fetched: jwt.location.flatMap { keySets[$0] }) }
        certificates =
            policy.requirements.contains(.clientCertificate) ? CertificateCallers(policy.clientCertificate) : nil
    }

    /// Whether what has the form of a token is taken as one of a caller's.
    var takesTokens: Bool { tokens != nil }

    /// Whether a request for this path has to show something.
    func guards(_ path: @autoclosure () -> String) -> Bool {
        !isOpen && (exceptPaths.isEmpty || !exceptPaths.contains(path()))
    }

    /// Who makes the request. `certificate`: the one that the client has shown. `now`: seconds since 1970.
    func identify(
        _ head: RequestHead, certificate: @autoclosure () -> PeerCertificate?, now: Int
    ) throws(APIError) -> Identity {
        if let certificates, let certificate = certificate(),
            let identity = try certificates.identify(certificate, now: now)
        {
            return identity
        }
        guard let place = Credentials.range(in: head) else { throw missing }
        return try head.withBytes(in: place) { (credential) throws(APIError) in
            if let identity = try tokens?.identify(credential, now: now) { return identity }
            if takesKeys { return try keyring.identify(credential, sha256, now: now) }
            throw noKey
        }
    }

    /// Who would make a request with the key of this id, for operators who ask in someone's name.
    func identify(keyID: String, now: Int) throws(APIError) -> Identity {
        guard takesKeys else { throw noKey }
        guard let identity = try keyring.identify(keyID: keyID, now: now) else { throw .unknownKeyID(keyID) }
        return identity
    }

    /// A key was shown where none is accepted.
    private var noKey: APIError { tokens == nil ? missing : APIError(.notAToken) }

    private var missing: APIError {
        if takesKeys { return .missingKey }
        return tokens == nil ? .missingCertificate : .missingToken
    }
}
