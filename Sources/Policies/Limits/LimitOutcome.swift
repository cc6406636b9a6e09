/// What the limits say to a request.
package enum LimitOutcome: Sendable {
    case admitted(LimitGrant)
    case refused(LimitRefusal)
    /// It waits for a place; the ledger's `resolutions` will tell. Nothing is taken meanwhile.
    case waiting(LimitTicket)
}

/// A request that waits.
package struct LimitTicket: Hashable, Sendable {
    let number: Int
    /// The policy that it first waited for, for metrics.
    package let decision: LimitDecision
    /// When it has waited long enough, in nanoseconds; see `LimitLedger.expire`.
    package let deadline: Int
}

/// What came of a request that waited.
package struct LimitResolution: Sendable {
    package let ticket: LimitTicket
    /// As the request gave it.
    package let owner: Int
    /// Admitted or refused.
    package let outcome: LimitOutcome
}
