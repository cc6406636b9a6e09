package import Policies

/// What one guard policy found in a request or an answer; nothing is reported where nothing was found.
package struct GuardFinding: Sendable {
    package let policy: GuardPolicy
    /// Parts that were replaced, or would have been in shadow mode.
    package internal(set) var redactions = 0
    /// Set where the text was refused, or would have been in shadow mode.
    package internal(set) var refusal: Refusal?
    /// The expression or the words that refused, as the configuration has them; nil: nothing did, or no rule of a request.
    package internal(set) var pattern: String?

    init(_ policy: GuardPolicy) { self.policy = policy }

    var isEmpty: Bool { redactions == 0 && refusal == nil }

    /// The policy has refused; it looks no further.
    var hasStopped: Bool { refusal != nil }
}
