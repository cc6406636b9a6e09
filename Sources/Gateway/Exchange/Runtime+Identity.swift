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
        guard let policy = authentication[listener]?.deciding, !route.isPublic else { return .anonymous }
        return try policy.identify(head, certificate: certificate(), now: now, as: keyID)
    }

    /// Counts what the auth policies of a listener decide of a request: `error` is what the deciding one says, nil if it
    /// lets it pass; those in shadow mode are asked.
    func noteAuthentication(
        _ error: APIError?, _ head: RequestHead, _ route: Route, listener: String,
        certificate: @autoclosure () -> PeerCertificate?, now: Int, _ decisions: inout [PolicyDecision]
    ) {
        guard let policies = authentication[listener], !route.isPublic else { return }
        policies.deciding?.note(error == nil ? .pass : .refuse, &decisions)
        for policy in policies.watching {
            do throws(APIError) {
                _ = try policy.identify(head, certificate: certificate(), now: now, as: nil)
                policy.note(.pass, &decisions)
            } catch {
                policy.note(.refuse, &decisions)
            }
        }
    }

    /// The key of a request that may be a provider's; nil: it shows none, or one that is for the gateway: such a key never
    /// leaves it, whatever it opens just now.
    func providerKey(in head: RequestHead, listener: String) -> String? {
        guard passesCallerKeys, let place = Credentials.range(in: head) else { return nil }
        let takesTokens = authentication[listener]?.deciding?.settings.takesTokens == true
        let isOurs = head.withBytes(in: place) { credential in
            keyring.has(credential) || takesTokens && CompactJWT.dots(in: credential) != nil
        }
        return isOurs ? nil : head.string(in: place)
    }
}

extension PolicyEntry<Authenticator> {
    /// Who makes a request; a refusal names the policy.
    func identify(
        _ head: RequestHead, certificate: @autoclosure () -> PeerCertificate?, now: Int, as keyID: String?
    ) throws(APIError) -> Identity {
        guard settings.guards(head.path) else { return .anonymous }
        do throws(APIError) {
            if let keyID { return try settings.identify(keyID: keyID, now: now) }
            return try settings.identify(head, certificate: certificate(), now: now)
        } catch {
            var refusal = error
            refusal.policy = name
            throw refusal
        }
    }
}
