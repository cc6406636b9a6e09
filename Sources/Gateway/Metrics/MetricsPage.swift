import Upstreams

/// Writes one scrape: the numbers of all workers added up, and those of the gateway as a whole.
///
/// Allocates as it likes, since a scrape comes every few seconds; never touches a registry.
struct MetricsPage {
    private let samples: MetricSamples

    init(workers: [MetricsSnapshot], gateway: GatewayFigures) {
        var samples = MetricSamples()
        for worker in workers { worker.emit(into: &samples) }
        gateway.emit(into: &samples)
        self.samples = samples
    }

    func render(_ format: MetricsFormat, into buffer: inout ByteBuffer) {
        for family in MetricFamily.allCases {
            let series = samples.sorted(family)
            guard !series.isEmpty else { continue }
            let writer = MetricWriter(family.definition, format)
            writer.header(into: &buffer)
            for (labels, value) in series {
                switch value {
                case .number(let number): writer.number(number, labels, into: &buffer)
                case .distribution(let distribution): writer.distribution(distribution, labels, into: &buffer)
                }
            }
        }
        if format == .openMetrics { buffer.append("# EOF\n") }
    }
}
