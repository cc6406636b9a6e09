import Policies

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
}
