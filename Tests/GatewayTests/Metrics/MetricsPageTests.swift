import Testing
import Upstreams

@testable import Gateway

/// The text of a scrape, in both formats.
@Suite struct MetricsPageTests {
    private static func registry(worker: Int = 0) -> MetricsRegistry {
        let registry = MetricsRegistry(worker: worker)
        registry.loopTurns = 7
        registry.loopBusyNanoseconds = 1_500_000_000
        let listener = registry.listener("public")
        listener.values.open = 2
        listener.values.accepted = 3
        listener.values.bytesReceived = 100
        let route = registry.route(HTTPKey(method: "GET", secure: true, route: "/v1/models/{id}"))
        route.values.began()
        route.values.began()
        route.values.ended(status: 200, nanoseconds: 25_000_001)
        return registry
    }

    private static let gateway = GatewayFigures(
        version: "1.2.3", lastReloadTime: 1_700_000_000_500_000_000, accessLog: LogCounts(written: 5, dropped: 1),
        health: HealthFigures(
            breakers: [(HealthTable.TargetName(upstream: "openai", model: "gpt-4o"), .closed)],
            queues: [("openai", 1)], checks: [("openai", .up)]))

    static func text(_ workers: [MetricsRegistry], _ format: MetricsFormat) -> String {
        var buffer = ByteBuffer()
        MetricsPage(workers: workers.map { $0.snapshot() }, gateway: gateway).render(format, into: &buffer)
        return String(decoding: buffer.copy(), as: UTF8.self)
    }

    /// Lines of one family, comments included.
    static func lines(_ text: String, _ family: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { line in
            let name = line.hasPrefix("# ") ? String(line.split(separator: " ").dropFirst(2).first ?? "") : line
            return name.hasPrefix(family)
        }
    }

    @Test func aHistogramIsWrittenExactly() {
        let labels = """
            http_request_method="GET",url_scheme="https",http_route="/v1/models/{id}",http_response_status_code="200"
            """
        let bounds = [
            "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0", "7.5",
            "10.0", "+Inf",
        ]
        let name = "http_server_request_duration_seconds"
        let help = "Time from the first byte of a request to the last byte of its response."
        var expected = ["# TYPE \(name) histogram", "# HELP \(name) \(help)"]
        expected += bounds.enumerated().map { index, bound in
            "\(name)_bucket{\(labels),le=\"\(bound)\"} \(index < 3 ? 0 : 1)"
        }
        expected += ["\(name)_sum{\(labels)} 0.025000001", "\(name)_count{\(labels)} 1"]
        #expect(Self.lines(Self.text([Self.registry()], .prometheus), name) == expected)
        expected.insert("# UNIT \(name) seconds", at: 1)
        #expect(Self.lines(Self.text([Self.registry()], .openMetrics), name) == expected)
    }

    @Test func countersAndGaugesAreWrittenExactlyAsPrometheusText() {
        let text = Self.text([Self.registry()], .prometheus)
        let wanted = """
            # TYPE sluice_connections_accepted_total counter
            # HELP sluice_connections_accepted_total Client connections accepted.
            sluice_connections_accepted_total{listener="public"} 3
            # TYPE sluice_connections_refused_total counter
            # HELP sluice_connections_refused_total Client connections closed at a bound.
            sluice_connections_refused_total{listener="public"} 0
            # TYPE sluice_tls_handshakes_total counter
            # HELP sluice_tls_handshakes_total TLS handshakes: full, resumed or failed.
            sluice_tls_handshakes_total{listener="public",result="failed"} 0
            sluice_tls_handshakes_total{listener="public",result="full"} 0
            sluice_tls_handshakes_total{listener="public",result="resumed"} 0
            # TYPE sluice_client_received_bytes_total counter
            # HELP sluice_client_received_bytes_total Bytes read from clients, inside TLS.
            sluice_client_received_bytes_total{listener="public"} 100
            # TYPE sluice_client_sent_bytes_total counter
            # HELP sluice_client_sent_bytes_total Bytes written to clients, inside TLS.
            sluice_client_sent_bytes_total{listener="public"} 0
            # TYPE sluice_loop_turns_total counter
            # HELP sluice_loop_turns_total Turns of a worker's event loop.
            sluice_loop_turns_total{worker="0"} 7
            # TYPE sluice_loop_busy_seconds_total counter
            # HELP sluice_loop_busy_seconds_total Time a loop worked rather than waited.
            sluice_loop_busy_seconds_total{worker="0"} 1.5
            # TYPE sluice_log_lines_total counter

            """
        #expect(text.contains(wanted))
        #expect(!text.contains("# EOF"))
        #expect(!text.contains("# UNIT"))
    }

    @Test func countersAndGaugesAreWrittenExactlyAsOpenMetrics() {
        let text = Self.text([Self.registry()], .openMetrics)
        let wanted = """
            # TYPE sluice_loop_busy_seconds counter
            # UNIT sluice_loop_busy_seconds seconds
            # HELP sluice_loop_busy_seconds Time a loop worked rather than waited.
            sluice_loop_busy_seconds_total{worker="0"} 1.5
            # TYPE sluice_log_lines counter
            # HELP sluice_log_lines Log lines written.
            sluice_log_lines_total{log="access"} 5
            sluice_log_lines_total{log="operational"} 0
            # TYPE sluice_log_lines_dropped counter
            # HELP sluice_log_lines_dropped Log lines lost: queue full or a failed write.
            sluice_log_lines_dropped_total{log="access"} 1
            sluice_log_lines_dropped_total{log="operational"} 0
            # TYPE sluice_config_last_reload_successful gauge
            # HELP sluice_config_last_reload_successful 1 if the configuration last read was taken, else 0.
            sluice_config_last_reload_successful 1
            # TYPE sluice_config_last_reload_success_timestamp_seconds gauge
            # UNIT sluice_config_last_reload_success_timestamp_seconds seconds
            # HELP sluice_config_last_reload_success_timestamp_seconds Unix time at which a configuration was last taken.
            sluice_config_last_reload_success_timestamp_seconds 1700000000.5
            # TYPE sluice_build_info gauge
            # HELP sluice_build_info Always 1; the version is in the label.
            sluice_build_info{version="1.2.3"} 1

            """
        #expect(text.contains(wanted))
        #expect(text.hasSuffix("\n# EOF\n"))
    }

    @Test func workersAreAddedUpAndOnlyLoopsAreToldApart() {
        let text = Self.text([Self.registry(worker: 0), Self.registry(worker: 1)], .prometheus)
        #expect(text.contains("sluice_connections{listener=\"public\"} 4\n"))
        #expect(text.contains("sluice_connections_accepted_total{listener=\"public\"} 6\n"))
        #expect(text.contains("http_server_active_requests{http_request_method=\"GET\",url_scheme=\"https\"} 2\n"))
        #expect(text.contains("le=\"0.05\"} 2\n"))
        #expect(text.contains("http_response_status_code=\"200\"} 0.050000002\n"))
        #expect(text.contains("sluice_loop_turns_total{worker=\"0\"} 7\nsluice_loop_turns_total{worker=\"1\"} 7\n"))
        #expect(text.split(separator: "\n").filter { $0.contains("worker=") }.count == 4)
    }

    @Test func labelValuesAreEscaped() {
        let registry = MetricsRegistry(worker: 0)
        registry.listener("a\"b\\c\nd é").values.open = 1
        let text = Self.text([registry], .prometheus)
        #expect(text.contains(#"sluice_connections{listener="a\"b\\c\nd é"} 1"# + "\n"))
    }

    @Test(arguments: [MetricsFormat.prometheus, .openMetrics])
    func everyLineOfAFullPageKeepsTheRulesOfItsFormat(_ format: MetricsFormat) throws {
        let text = Self.text([MetricsFixture.everything()], format)
        var checker = ExpositionChecker(format)
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            try checker.take(String(line))
        }
        let names = MetricFamily.allCases.map { $0.definition }.map {
            $0.kind == .counter && format == .prometheus ? $0.name + "_total" : $0.name
        }
        #expect(checker.families == names)
        #expect(checker.samples > 200)
    }
}
