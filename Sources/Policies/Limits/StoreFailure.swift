/// What a limit does while the store that replicas share its counters by does not answer.
package enum StoreFailure: String, CaseIterable, Sendable {
    /// Lets every request pass. What they use is added to the counters when the store is back.
    case open
    /// Refuses every request.
    case closed
    /// Counts in the replica's own memory, with the replica's share of the limit.
    case local
}
