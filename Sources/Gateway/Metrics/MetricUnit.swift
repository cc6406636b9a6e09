/// The base unit of a family; where there is one, the family's name ends with it (OpenMetrics 1.0.0, section Unit).
enum MetricUnit: String, Sendable {
    /// A plain number of things.
    case none = ""
    case bytes
    /// Kept in whole nanoseconds, so that a recording is an integer addition; written in seconds.
    case seconds
}
