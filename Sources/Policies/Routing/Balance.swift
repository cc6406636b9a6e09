/// By what the first of several targets is chosen.
package enum Balance: String, CaseIterable, Sendable {
    /// At random, by weight.
    case weighted
    /// In turn, by weight.
    case roundRobin = "round_robin"
    /// The one with the fewest calls on their way, in relation to its weight.
    case leastInFlight = "least_in_flight"
    /// Of two at random the one that would answer sooner, by its time to the first content and the calls on their way.
    case latency
    /// The cheapest; among equals at random, by weight.
    case cost
    /// The same one for the same user or prompt, by weight.
    case hash
}
