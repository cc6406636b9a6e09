import Upstreams

/// Timeouts of a model or a target that differ from those of the upstream.
package struct TimeoutOverrides: Sendable {
    /// Milliseconds; nil (default): as the upstream has it.
    package let connectMs: Int?
    package let firstEventMs: Int?
    package let idleMs: Int?
    package let totalMs: Int?

    package init(_ r: ConfigReader) {
        func milliseconds(_ key: String, _ example: Int, doc: String) -> Int? {
            r.optional(
                key, .int(in: 1...86_400_000, unit: .milliseconds), example: .integer(example),
                doc: "\(doc); without it as the upstream has it.")
        }
        connectMs = milliseconds("connect_ms", 1000, doc: "For name, connection and TLS")
        firstEventMs = milliseconds("first_event_ms", 20_000, doc: "From the call to the first event with content")
        idleMs = milliseconds("idle_ms", 30_000, doc: "Without a byte in the middle of an answer")
        totalMs = milliseconds("total_ms", 300_000, doc: "For the whole call")
    }

    func apply(to timeouts: CallTimeouts) -> CallTimeouts {
        CallTimeouts(
            connect: connectMs ?? timeouts.connect, firstEvent: firstEventMs ?? timeouts.firstEvent,
            idle: idleMs ?? timeouts.idle,
            total: totalMs ?? timeouts.total)
    }
}
