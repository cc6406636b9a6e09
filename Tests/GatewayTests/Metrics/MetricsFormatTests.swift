import Testing

@testable import Gateway

/// Which format a scraper gets.
@Suite struct MetricsFormatTests {
    @Test(
        arguments: [
            (nil, .prometheus),
            ("", .prometheus),
            ("*/*", .prometheus),
            ("text/plain", .prometheus),
            ("application/openmetrics-text", .openMetrics),
            ("Application/OpenMetrics-Text; version=1.0.0; charset=utf-8", .openMetrics),
            ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", .openMetrics),
            ("application/openmetrics-text;q=0.2,text/plain;version=0.0.4;q=0.3", .prometheus),
            ("application/openmetrics-text;q=0", .prometheus),
            ("application/openmetrics-text;q=x", .prometheus),
            (";;,,;q=1", .prometheus),
        ] as [(String?, MetricsFormat)])
    func followsTheAcceptHeader(_ accept: String?, _ format: MetricsFormat) {
        #expect(MetricsFormat(accept: accept) == format)
    }
}
