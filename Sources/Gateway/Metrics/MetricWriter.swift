import Upstreams

/// Writes the lines of one family in one of the two text forms.
struct MetricWriter {
    private let family: MetricDefinition
    private let format: MetricsFormat

    init(_ family: MetricDefinition, _ format: MetricsFormat) {
        self.family = family
        self.format = format
    }

    /// The comment lines before the samples. In OpenMetrics a counter's family is named without `_total`, and a unit
    /// has a line of its own.
    func header(into buffer: inout ByteBuffer) {
        comment("TYPE", into: &buffer) { $0.append(family.kind.rawValue) }
        if format == .openMetrics, family.unit != .none {
            comment("UNIT", into: &buffer) { $0.append(family.unit.rawValue) }
        }
        comment("HELP", into: &buffer) { appendEscaped(family.help, quotes: format == .openMetrics, into: &$0) }
    }

    /// One line of a counter or a gauge.
    func number(_ value: Int, _ labels: [String], into buffer: inout ByteBuffer) {
        begin(family.kind == .counter ? "_total" : "", labels, into: &buffer)
        appendValue(value, into: &buffer)
        buffer.append("\n")
    }

    /// The cumulative buckets of a histogram, its sum and its count.
    func distribution(_ value: Distribution, _ labels: [String], into buffer: inout ByteBuffer) {
        var count = 0
        for (index, observations) in value.counts.enumerated() {
            count += observations
            let bound: Int? = index < value.bounds.count ? value.bounds[index] : nil
            begin("_bucket", labels, bound: .some(bound), into: &buffer)
            buffer.append(decimal: count)
            buffer.append("\n")
        }
        begin("_sum", labels, into: &buffer)
        appendValue(value.sum, into: &buffer)
        buffer.append("\n")
        begin("_count", labels, into: &buffer)
        buffer.append(decimal: count)
        buffer.append("\n")
    }

    private func comment(_ kind: StaticString, into buffer: inout ByteBuffer, _ body: (inout ByteBuffer) -> Void) {
        buffer.append("# ")
        buffer.append(kind)
        buffer.append(" ")
        buffer.append(family.name)
        if family.kind == .counter, format == .prometheus { buffer.append("_total") }
        buffer.append(" ")
        body(&buffer)
        buffer.append("\n")
    }

    /// Name and labels of a sample, up to the space before its value. Labels without a value are left out, which means
    /// the same. `bound` is the `le` of a bucket, its inner nil the bucket above all bounds.
    private func begin(
        _ suffix: StaticString, _ labels: [String], bound: Int?? = .none, into buffer: inout ByteBuffer
    ) {
        buffer.append(family.name)
        buffer.append(suffix)
        var open = false
        for (name, value) in zip(family.labels, labels) where !value.isEmpty {
            buffer.append(open ? "," : "{")
            open = true
            buffer.append(name)
            buffer.append("=\"")
            appendEscaped(value, quotes: true, into: &buffer)
            buffer.append("\"")
        }
        if let bound {
            buffer.append(open ? "," : "{")
            open = true
            buffer.append("le=\"")
            appendBound(bound, into: &buffer)
            buffer.append("\"")
        }
        buffer.append(open ? "} " : " ")
    }

    /// A bound as both formats write it: always with a decimal point, so that `le` is the same label in either.
    private func appendBound(_ bound: Int?, into buffer: inout ByteBuffer) {
        guard let bound else { return buffer.append("+Inf") }
        appendValue(bound, into: &buffer)
        if !family.unit.isInBillionths { buffer.append(".0") }
    }

    private func appendValue(_ value: Int, into buffer: inout ByteBuffer) {
        if family.unit.isInBillionths { buffer.append(billionths: value) } else { buffer.append(decimal: value) }
    }

    private func appendEscaped(_ text: String, quotes: Bool, into buffer: inout ByteBuffer) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): buffer.append("\\\\")
            case UInt8(ascii: "\n"): buffer.append("\\n")
            case UInt8(ascii: "\"") where quotes: buffer.append("\\\"")
            default: buffer.append(byte)
            }
        }
    }
}
