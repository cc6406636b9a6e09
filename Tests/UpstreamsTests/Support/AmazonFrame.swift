@testable import Upstreams

/// Messages in Amazon's binary framing, made byte by byte.
enum AmazonFrame {
    static func event(_ type: String, _ payload: String, kind: String = "event") -> [UInt8] {
        let typeName = kind == "event" ? ":event-type" : kind == "exception" ? ":exception-type" : ":error-code"
        let headers =
            header(typeName, type) + header(":content-type", "application/json") + header(":message-type", kind)
        return frame(headers, Array(payload.utf8))
    }

    static func frame(_ headers: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        var bytes = number(16 + headers.count + payload.count) + number(headers.count)
        bytes += sum(bytes)
        bytes += headers + payload
        return bytes + sum(bytes)
    }

    static func header(_ name: String, _ value: String) -> [UInt8] {
        [UInt8(name.utf8.count)] + Array(name.utf8) + [7, UInt8(value.utf8.count >> 8), UInt8(value.utf8.count & 255)]
            + Array(value.utf8)
    }

    /// A stream written as lines, each the type of an event and its payload, such as `messageStop {"stopReason":"x"}`;
    /// of an exception with `!` in front of the type.
    static func frames(_ lines: [UInt8]) -> [UInt8] {
        lines.split(separator: 0x0A).flatMap { line -> [UInt8] in
            let parts = line.split(separator: 0x20, maxSplits: 1)
            let type = String(decoding: parts.first ?? [], as: UTF8.self)
            let payload = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
            guard type.utf8.count < 256 else { return [] }
            return type.first == "!"
                ? event(String(type.dropFirst()), payload, kind: "exception") : event(type, payload)
        }
    }

    private static func sum(_ bytes: [UInt8]) -> [UInt8] { number(Int(unsafe CRC32.of(bytes.span.bytes))) }

    private static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
