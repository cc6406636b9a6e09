/// That a policy did not just let a request pass, as the access log tells it.
struct PolicyDecision: Sendable, Equatable {
    /// The policy's name.
    let policy: String
    /// Anything but `pass`.
    let verdict: PolicyVerdict
    /// In shadow mode: it would have, and the request went on as if the policy were not there.
    let isShadow: Bool
}
