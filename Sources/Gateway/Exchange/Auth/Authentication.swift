import Policies

/// The auth policies of one listener.
struct Authentication {
    /// Who decides: the first in the file. Nil: nobody asks who calls.
    let deciding: PolicyEntry<Authenticator>?
    /// Those in shadow mode, in the order of the file.
    let watching: [PolicyEntry<Authenticator>]

    /// Those of each listener that any is for.
    static func byListener(
        _ generation: Generation, _ keyring: Keyring, _ metrics: MetricsRegistry
    ) -> ByListener<Authentication> {
        let policies =
            generation.configuration.policies.compactMap { policy in
                guard case .auth(let auth) = policy.kind else { return nil }
                let authenticator = Authenticator(auth, keyring, keySets: generation.keySets)
                return (policy.match, PolicyEntry(policy, authenticator, metrics))
            } as [(PolicyMatch, PolicyEntry<Authenticator>)]
        return ByListener(generation.configuration) { listener in
            let own = policies.filter { $0.0.includes(listener: listener) }.map(\.1)
            guard !own.isEmpty else { return nil }
            return Authentication(deciding: own.first(where: \.isEnforced), watching: own.filter { !$0.isEnforced })
        }
    }
}
