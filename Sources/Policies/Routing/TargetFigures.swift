/// What is known of a target when one of several is chosen.
package struct TargetFigures: Sendable {
    /// Above 0.
    package var weight: Int
    /// Calls on their way.
    package var inFlight: Int
    /// Peak-sensitive mean of the time to the first content, in milliseconds; 0: not known.
    package var latency: Double
    /// Price of its tokens, in any unit; nil: not known.
    package var price: Double?
    /// Names the target for hashing.
    package var name: UInt64

    package init(weight: Int, inFlight: Int = 0, latency: Double = 0, price: Double? = nil, name: UInt64 = 0) {
        self.weight = weight
        self.inFlight = inFlight
        self.latency = latency
        self.price = price
        self.name = name
    }
}
