/// When a second target is asked although the first has not failed.
package struct HedgeSettings: Sendable, Hashable {
    /// Milliseconds without content; nil: as long as 95 of 100 calls to the target take.
    package var after: Int?
    /// The share of requests, 0 to 1, that may be asked twice.
    package var budget: Double

    package init(after: Int? = nil, budget: Double = 0.05) {
        self.after = after
        self.budget = budget
    }

    /// Milliseconds until the second call; nil: none, since too little is known of the target.
    package func delay(_ seen: LatencyEstimate) -> Int? { after ?? seen.quantile(0.95) }
}
