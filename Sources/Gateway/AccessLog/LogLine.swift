import Upstreams

/// Writes one flat JSON object on one line, member by member, with every text escaped and cut to a bound.
///
/// A member whose value is not known is left out.
enum LogLine {
    /// Most bytes of a text; what is beyond is cut at a character and replaced by `…`.
    static let maxText = 512

    /// Opens the object with its first member, the time.
    static func begin(time: Int, into buffer: inout ByteBuffer) {
        buffer.append("{\"time\":\"")
        UTCTime.append(time, into: &buffer)
        buffer.append("\"")
    }

    static func end(into buffer: inout ByteBuffer) { buffer.append("}\n") }

    static func member(_ name: StaticString, _ value: String, max: Int = maxText, into buffer: inout ByteBuffer) {
        guard !value.isEmpty else { return }
        self.name(name, into: &buffer)
        buffer.append("\"")
        text(value, max: max, into: &buffer)
        buffer.append("\"")
    }

    static func member(_ name: StaticString, _ value: Int?, into buffer: inout ByteBuffer) {
        guard let value else { return }
        self.name(name, into: &buffer)
        buffer.append(decimal: value)
    }

    static func member(_ name: StaticString, _ value: Bool, into buffer: inout ByteBuffer) {
        self.name(name, into: &buffer)
        buffer.append(value ? "true" : "false")
    }

    /// A duration in milliseconds with three decimals.
    static func member(_ name: StaticString, nanoseconds: Int?, into buffer: inout ByteBuffer) {
        guard let nanoseconds else { return }
        self.name(name, into: &buffer)
        let microseconds = max(nanoseconds, 0) / 1000
        buffer.append(decimal: microseconds / 1000)
        buffer.append(".")
        buffer.append(UInt8(ascii: "0") + UInt8(microseconds / 100 % 10))
        buffer.append(UInt8(ascii: "0") + UInt8(microseconds / 10 % 10))
        buffer.append(UInt8(ascii: "0") + UInt8(microseconds % 10))
    }

    private static func name(_ name: StaticString, into buffer: inout ByteBuffer) {
        buffer.append(",\"")
        buffer.append(name)
        buffer.append("\":")
    }

    /// The text with JSON escapes (RFC 8259 section 7). Delete, which terminals obey, is escaped like the other
    /// control characters.
    static func text(_ value: String, max: Int, into buffer: inout ByteBuffer) {
        let utf8 = value.utf8
        var left = max
        for byte in utf8 {
            // Only the first byte of a character may find the room used up.
            if left <= 0, byte & 0xC0 != 0x80 { return buffer.append("…") }
            left -= 1
            escaped(byte, into: &buffer)
        }
    }

    @inline(__always)
    private static func escaped(_ byte: UInt8, into buffer: inout ByteBuffer) {
        switch byte {
        case UInt8(ascii: "\""): buffer.append("\\\"")
        case UInt8(ascii: "\\"): buffer.append("\\\\")
        case UInt8(ascii: "\n"): buffer.append("\\n")
        case 0..<0x20, 0x7F:
            buffer.append(byte < 0x10 ? "\\u000" : byte == 0x7F ? "\\u007" : "\\u001")
            buffer.append(hexadecimal: Int(byte & 0xF))
        default: buffer.append(byte)
        }
    }
}
