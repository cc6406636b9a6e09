/// How a provider is asked for its own sake whether it answers.
package struct HealthCheckConfiguration: Sendable {
    /// What is asked with GET, appended to `base_url`. Default `/models`.
    package let path: String
    /// Milliseconds from an answer to the next question. Default 10,000.
    package let intervalMs: Int
    /// Milliseconds for one whole answer. Default 3,000.
    package let timeoutMs: Int
    /// Failures in a row that take the provider out of use. Default 2.
    package let failures: Int

    init(_ r: ConfigReader) {
        path = r.value(
            "path", .urlPath, default: "/models",
            doc: "What is asked with GET, appended to `base_url`. Any status below 500 says that the provider is there."
        )
        intervalMs = r.milliseconds(
            "interval_ms", default: 10_000, in: 100...86_400_000, doc: "From an answer to the next question.")
        timeoutMs = r.milliseconds("timeout_ms", default: 3000, in: 10...600_000, doc: "For one whole answer.")
        failures = r.int("failures", default: 2, in: 1...100, doc: "Failures in a row that take it out of use.")
    }
}
