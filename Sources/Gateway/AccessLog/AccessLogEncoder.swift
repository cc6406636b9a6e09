import Upstreams

/// Writes an entry as one line of JSON. Allocates nothing but what the buffer needs to grow.
enum AccessLogEncoder {
    static func encode(_ entry: borrowing AccessLogEntry, into buffer: inout ByteBuffer) {
        LogLine.begin(time: entry.time, into: &buffer)
        LogLine.member("request_id", entry.requestID, max: 128, into: &buffer)
        LogLine.member("listener", entry.listener, max: 128, into: &buffer)
        LogLine.member("client", entry.clientAddress, max: 128, into: &buffer)
        LogLine.member("method", entry.method, max: 32, into: &buffer)
        LogLine.member("path", entry.path, into: &buffer)
        LogLine.member("status", entry.status, into: &buffer)
        LogLine.member("dialect", entry.dialect, max: 128, into: &buffer)
        LogLine.member("model", entry.model, max: 128, into: &buffer)
        LogLine.member("upstream", entry.upstream, max: 128, into: &buffer)
        LogLine.member("upstream_model", entry.upstreamModel, max: 128, into: &buffer)
        LogLine.member("stream", entry.stream, into: &buffer)
        LogLine.member("outcome", entry.outcome.rawValue, into: &buffer)
        LogLine.member("error", entry.errorCode, max: 128, into: &buffer)
        if !entry.decisions.isEmpty { LogLine.member("policies", entry.decisions, into: &buffer) }
        LogLine.member("bytes_in", entry.bytesIn, into: &buffer)
        LogLine.member("bytes_out", entry.bytesOut, into: &buffer)
        LogLine.member("duration_ms", nanoseconds: entry.durationNanoseconds, into: &buffer)
        LogLine.member("first_event_ms", nanoseconds: entry.firstEventNanoseconds, into: &buffer)
        LogLine.member("upstream_ms", nanoseconds: entry.upstreamNanoseconds, into: &buffer)
        LogLine.member("tokens_in", entry.tokensIn, into: &buffer)
        LogLine.member("tokens_out", entry.tokensOut, into: &buffer)
        LogLine.member("tokens_cached", entry.tokensCached, into: &buffer)
        LogLine.member("cost_usd", billionths: entry.cost, into: &buffer)
        LogLine.member("key", entry.keyID, max: 128, into: &buffer)
        LogLine.member("user", entry.user, max: 128, into: &buffer)
        LogLine.member("cache", entry.cache, max: 32, into: &buffer)
        LogLine.member("attempts", entry.attempts, into: &buffer)
        if !entry.calls.isEmpty { LogLine.member("calls", entry.calls, into: &buffer) }
        LogLine.member("task", entry.task, max: 128, into: &buffer)
        LogLine.member("tls", entry.tlsVersion, max: 32, into: &buffer)
        LogLine.end(into: &buffer)
    }
}
