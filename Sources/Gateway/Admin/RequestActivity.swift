import Upstreams

/// One request under way, as operators are told it (`GET /admin/requests`). Made when somebody asks, never before.
struct RequestActivity: Sendable {
    let id: RequestNumber
    /// What the access log is going to say of it, as far as that is known.
    let entry: AccessLogEntry
    let team: String
    /// Milliseconds since its head was read.
    let age: Int
    let progress: WorkProgress
    let bytesSent: Int

    func write(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("request_id", entry.requestID)
        writer.member("started", entry.time / 1_000_000_000)
        writer.member("age_ms", age)
        writer.member("listener", entry.listener)
        writer.member("client", entry.clientAddress)
        writer.member("path", entry.path)
        writer.member("dialect", known(entry.dialect))
        writer.member("model", known(entry.model))
        writer.member("user", known(entry.user))
        writer.member("team", known(team))
        writer.member("key", known(entry.keyID))
        writer.member("stream", entry.stream)
        writer.member("phase", progress.phase.label)
        writer.member("upstream", known(progress.upstream))
        writer.member("upstream_model", known(progress.upstreamModel))
        writer.member("attempts", progress.attempts)
        writer.member("cache", known(progress.cache))
        writer.member("events", progress.events)
        writer.member("bytes_in", entry.bytesIn)
        writer.member("bytes_out", bytesSent)
    }

    private func known(_ text: String) -> String? { text.isEmpty ? nil : text }
}
