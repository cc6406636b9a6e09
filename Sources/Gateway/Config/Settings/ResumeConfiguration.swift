/// Streams that clients may come back to (API page, "Resuming").
package struct ResumeConfiguration: Sendable {
    /// Milliseconds for which a stream outlives its client. Default 30,000.
    package let graceMs: Int

    package init(_ r: ConfigReader) {
        graceMs = r.milliseconds(
            "grace_ms", default: 30_000, in: 1...86_400_000,
            doc: "How long a stream of a client that asked for `x-stream-resume` waits for its coming back.")
    }
}
