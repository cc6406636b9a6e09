import Upstreams

/// When a key ends, as the command line writes and shows it.
enum KeyExpiry {
    /// Seconds since 1970 of days from now (`90d`), of the begin of a date in UTC, or of a time (RFC 3339). Nil for
    /// anything else.
    static func seconds(_ text: String, now: Int) -> Int? {
        if text.hasSuffix("d"), let days = Int(text.dropLast()), (1...100_000).contains(days) {
            return now + days * 86_400
        }
        return RFC3339.seconds(text) ?? RFC3339.seconds(text + "T00:00:00Z")
    }

    /// RFC 3339 in UTC.
    static func text(_ seconds: Int) -> String {
        var buffer = ByteBuffer()
        UTCTime.append(seconds: max(seconds, 0), into: &buffer)
        buffer.append(UInt8(ascii: "Z"))
        return buffer.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }
}
