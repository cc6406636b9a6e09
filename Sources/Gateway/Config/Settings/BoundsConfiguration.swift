/// Every limit of size and time that holds for the gateway as a whole; meeting one gives a clear error and a counter.
package struct BoundsConfiguration: Sendable {
    /// Open client connections of the process. Default 65,536.
    package let maxConnections: Int
    /// Bytes of a request line and its headers. Default 65,536.
    package let maxHeaderBytes: Int
    /// Bytes of a request body. Default 33,554,432.
    package let maxBodyBytes: Int
    /// Bytes of a body that is relayed as it comes, such as a file. Default 536,870,912.
    package let maxUploadBytes: Int
    /// Nested levels in a JSON body. Default 64.
    package let maxJSONDepth: Int
    /// Milliseconds from the first byte of a request to the end of its headers. Default 10,000.
    package let headerTimeoutMs: Int
    /// Milliseconds from the end of the headers to the end of the body; of one that is relayed as it comes, without a byte
    /// of it. Default 60,000.
    package let bodyTimeoutMs: Int
    /// Milliseconds that a connection may be idle between requests. Default 75,000.
    package let keepAliveTimeoutMs: Int
    /// Milliseconds in which a client must take some of what waits for it. Default 60,000.
    package let writeStallTimeoutMs: Int
    /// Milliseconds of silence after which a stream carries a comment; 0: never. Default 15,000.
    package let keepAliveCommentMs: Int
    /// Bytes of one completion's log. Default 8,388,608.
    package let maxLogBytes: Int
    /// Milliseconds that requests have to end after a first SIGTERM. Default 30,000.
    package let drainTimeoutMs: Int
    /// Bytes of one event of an upstream's stream. Default 2,097,152.
    package let maxEventBytes: Int
    /// Bytes waiting for one client at which its upstream is paused. Default 262,144.
    package let outputHighBytes: Int
    /// Bytes waiting for one client at which its upstream goes on; below `outputHighBytes`. Default 65,536.
    package let outputLowBytes: Int

    /// Bytes of one frame of a WebSocket client. Default 4,194,304.
    package let maxWebSocketFrameBytes: Int
    /// Bytes of one message of a WebSocket client, all its frames together. Default 4,194,304.
    package let maxWebSocketMessageBytes: Int
    /// Milliseconds of silence after which a WebSocket client is pinged. Default 30,000.
    package let webSocketPingMs: Int

    package init(_ r: ConfigReader) {
        maxConnections = r.int(
            "max_connections", default: 65_536, in: 1...1_000_000, doc: "Open client connections of the process.")
        maxHeaderBytes = r.int(
            "max_header_bytes", default: 65_536, in: 1024...1_048_576, unit: .bytes,
            doc: "Size of a request line and its headers.")
        maxBodyBytes = r.int(
            "max_body_bytes", default: 33_554_432, in: 1024...1_073_741_824, unit: .bytes,
            doc: "Size of a request body.")
        maxUploadBytes = r.int(
            "max_upload_bytes", default: 536_870_912, in: 1024...1_099_511_627_776, unit: .bytes,
            doc: "Size of a body that is relayed as it comes, such as a file.")
        maxJSONDepth = r.int(
            "max_json_depth", default: 64, in: 8...512, unit: .levels, doc: "Nested levels in a JSON body.")
        headerTimeoutMs = r.milliseconds(
            "header_timeout_ms", default: 10_000, doc: "From the first byte of a request to the end of its headers.")
        bodyTimeoutMs = r.milliseconds(
            "body_timeout_ms", default: 60_000,
            doc: "From the end of the headers to the end of the body; of one that is relayed as it comes, without a"
                + " byte of it.")
        keepAliveTimeoutMs = r.milliseconds(
            "keep_alive_timeout_ms", default: 75_000, doc: "How long a connection may be idle between requests.")
        writeStallTimeoutMs = r.milliseconds(
            "write_stall_timeout_ms", default: 60_000,
            doc: "Time in which a client must take some of what waits for it.")
        keepAliveCommentMs = r.milliseconds(
            "keep_alive_comment_ms", default: 15_000, in: 0...86_400_000,
            doc: "Silence after which a stream carries a comment; 0: never.")
        maxLogBytes = r.int(
            "max_log_bytes", default: 8_388_608, in: 65_536...1_073_741_824, unit: .bytes,
            doc: "Size of one completion's log.")
        drainTimeoutMs = r.milliseconds(
            "drain_timeout_ms", default: 30_000, in: 0...86_400_000,
            doc: "Time that requests have to end after a first SIGTERM.")
        maxEventBytes = r.int(
            "max_event_bytes", default: 2_097_152, in: 4096...67_108_864, unit: .bytes,
            doc: "Size of one event of an upstream's stream.")
        outputHighBytes = r.int(
            "output_high_bytes", default: 262_144, in: 4096...67_108_864, unit: .bytes,
            doc: "Bytes waiting for one client at which its upstream is paused.")
        outputLowBytes = r.int(
            "output_low_bytes", default: 65_536, in: 1...67_108_864, unit: .bytes,
            doc: "Bytes waiting for one client at which its upstream goes on; below `output_high_bytes`.")
        maxWebSocketFrameBytes = r.int(
            "max_websocket_frame_bytes", default: 4_194_304, in: 1024...1_073_741_824, unit: .bytes,
            doc: "Size of one frame of a WebSocket client.")
        maxWebSocketMessageBytes = r.int(
            "max_websocket_message_bytes", default: 4_194_304, in: 1024...1_073_741_824, unit: .bytes,
            doc: "Size of one message of a WebSocket client, all its frames together.")
        webSocketPingMs = r.milliseconds(
            "websocket_ping_ms", default: 30_000,
            doc: "Silence after which a WebSocket client is pinged; one that answers nothing for as long again is left."
        )
        if outputLowBytes >= outputHighBytes {
            r.report(
                "expected less than output_high_bytes (\(outputHighBytes)), found \(outputLowBytes)",
                at: "output_low_bytes")
        }
    }
}
