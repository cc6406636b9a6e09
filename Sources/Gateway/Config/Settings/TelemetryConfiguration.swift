/// What the gateway tells about itself.
package struct TelemetryConfiguration: Sendable {
    /// How much is logged.
    package enum LogLevel: String, CaseIterable, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// Default stdout.
    package let accessLog: AccessLogDestination
    /// Default info.
    package let logLevel: LogLevel

    package init(_ r: ConfigReader) {
        accessLog = r.value(
            "access_log", .accessLogDestination, default: .standardOutput, example: .string("logs/access.jsonl"),
            doc: "One line of JSON per request: `stdout`, `stderr`, `off`, or the path of a file.")
        logLevel = r.value("log_level", .choice(.info), default: .info, doc: "The least level that is logged.")
        r.unavailable("otlp_endpoint")
    }
}
