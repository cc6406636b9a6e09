/// The base unit of a family; where there is one, the family's name ends with it (OpenMetrics 1.0.0, section Unit).
enum MetricUnit: String, Sendable {
    /// A plain number of things.
    case none = ""
    case bytes
    /// Kept in whole nanoseconds, so that a recording is an integer addition; written in seconds.
    case seconds
    /// US dollars: kept in whole nano-dollars, written in dollars.
    case usd

    /// Whether numbers are kept in billionths of the unit.
    var isInBillionths: Bool { self == .seconds || self == .usd }
}
