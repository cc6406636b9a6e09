/// The two text forms of a scrape.
enum MetricsFormat: Sendable {
    /// Prometheus text exposition format 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.0.
    case openMetrics

    /// OpenMetrics where the `Accept` header names it, with a quality above zero and not below that of plain text;
    /// else Prometheus text, which is also the answer to no header at all.
    init(accept: String?) {
        var openMetrics = 0
        var plain = 0
        for range in (accept ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.trimmed.lowercased() }
            let quality = parts.dropFirst().compactMap(Self.quality).last ?? 1000
            switch parts.first {
            case "application/openmetrics-text": openMetrics = max(openMetrics, quality)
            case "text/plain": plain = max(plain, quality)
            default: break
            }
        }
        self = openMetrics > 0 && openMetrics >= plain ? .openMetrics : .prometheus
    }

    /// The value of the `content-type` header.
    var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// Thousandths of a `q=` parameter (RFC 9110 section 12.4.2); nil for any other parameter.
    private static func quality(_ parameter: String) -> Int? {
        guard parameter.hasPrefix("q=") else { return nil }
        return Double(parameter.dropFirst(2)).map { Int(min(max($0, 0), 1) * 1000) } ?? 0
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...end]
    }
}
