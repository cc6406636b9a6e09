/// The numbers kept for one label set: a value, so that a snapshot is a copy.
protocol MetricValues: Sendable {
    associatedtype Key

    init()

    /// Adds every sample of these numbers to a page.
    func emit(_ key: Key, into page: inout MetricSamples)
}
