/// A label set, and what is counted for it.
protocol MetricKey: Hashable, Sendable {
    associatedtype Values: MetricValues where Values.Key == Self

    /// The label set for everything that found the table full.
    static var other: Self { get }
}
