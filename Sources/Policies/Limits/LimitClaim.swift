/// What one rule said to a request, in numbers alone, so that a copy costs nothing. Which rule it was, and whom the
/// request named to it, tells the demand at the same place of the request.
struct LimitClaim: Sendable {
    /// Where the counter is that was asked.
    var place = CounterPlace.nowhere
    /// The counter is that of all subjects that came after the rule's bound was met.
    var isOverflow = false
    var verdict = LimitDecision.Verdict.allowed
    /// What was taken or would have been, in the rule's unit.
    var amount = 0
    /// The budget's period that it was taken in.
    var period = 0

    /// Whether the counter holds the amount.
    var isTaken: Bool { verdict == .allowed || verdict == .warned }
}
