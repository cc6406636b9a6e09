/// What a metric family's numbers are, in the words of both exposition formats.
enum MetricKind: String, Sendable {
    /// Only grows while the process lives; its samples end in `_total`.
    case counter
    /// Goes up and down.
    case gauge
    /// Observations counted into fixed buckets, with their count and sum.
    case histogram
}
