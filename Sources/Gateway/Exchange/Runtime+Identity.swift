import Policies
import Upstreams

extension Runtime {
    /// Who makes a request, as the auth policy of its listener finds from the head and the certificate.
    ///
    /// - Parameters:
    ///   - certificate: the one that the client has shown.
    ///   - now: seconds since 1970.
    ///   - keyID: the key that stands for the one in the head, when an operator asks in someone's name.
    func identify(
        _ head: RequestHead, _ route: Route, listener: String, certificate: @autoclosure () -> PeerCertificate?,
        now: Int, as keyID: String? = nil
    ) throws(APIError) -> Identity {
        guard let authenticator = authenticators[listener], !route.isPublic, authenticator.guards(head.path) else {
            return .anonymous
        }
        if let keyID { return try authenticator.identify(keyID: keyID, now: now) }
        return try authenticator.identify(head, certificate: certificate(), now: now)
    }

    /// The key of a request that may be a provider's; nil: it shows none, or one that is for the gateway: such a key never
    /// leaves it, whatever it opens just now.
    func providerKey(in head: RequestHead, listener: String) -> String? {
        guard passesCallerKeys, let place = Credentials.range(in: head) else { return nil }
        let isOurs = head.withBytes(in: place) { credential in
            keyring.has(credential)
                || authenticators[listener]?.takesTokens == true && CompactJWT.dots(in: credential) != nil
        }
        return isOurs ? nil : head.string(in: place)
    }
}
