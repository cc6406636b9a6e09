import Upstreams

/// The `server-timing` field: the gateway's own share of the time so far and the upstream's, in milliseconds.
enum ServerTiming {
    static func write(total: Int64, upstream: Int64?, to output: inout ByteBuffer) {
        output.append("server-timing: gw;dur=")
        write(total - (upstream ?? 0), to: &output)
        if let upstream {
            output.append(", up;dur=")
            write(upstream, to: &output)
        }
        output.append("\r\n")
    }

    /// Milliseconds with two decimals.
    private static func write(_ nanoseconds: Int64, to output: inout ByteBuffer) {
        let hundredths = Int(max(0, nanoseconds)) / 10_000
        output.append(decimal: hundredths / 100)
        output.append(".")
        let rest = hundredths % 100
        if rest < 10 { output.append("0") }
        output.append(decimal: rest)
    }
}
