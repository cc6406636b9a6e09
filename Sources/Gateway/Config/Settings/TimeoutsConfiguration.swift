/// How long an upstream may take, phase by phase.
package struct TimeoutsConfiguration: Sendable {
    /// Milliseconds for name, connection and TLS. Default 5,000.
    package let connectMs: Int
    /// Milliseconds from the call to the first event, or to the answer's head. Default 60,000.
    package let firstEventMs: Int
    /// Milliseconds without a byte in the middle of an answer. Default 60,000.
    package let idleMs: Int
    /// Milliseconds for the whole call. Default 600,000.
    package let totalMs: Int

    package init(_ r: ConfigReader) {
        connectMs = r.milliseconds("connect_ms", default: 5000, doc: "For name, connection and TLS.")
        firstEventMs = r.milliseconds(
            "first_event_ms", default: 60_000, doc: "From the call to the first event of the answer.")
        idleMs = r.milliseconds("idle_ms", default: 60_000, doc: "Without an event in the middle of a stream.")
        totalMs = r.milliseconds("total_ms", default: 600_000, doc: "For the whole call.")
    }
}
