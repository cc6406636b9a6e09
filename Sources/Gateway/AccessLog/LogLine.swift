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
        buffer.append(UInt8(ascii: "\""))
        text(value, max: max, into: &buffer)
        buffer.append(UInt8(ascii: "\""))
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
        buffer.append(UInt8(ascii: "."))
        buffer.append(UInt8(ascii: "0") + UInt8(microseconds / 100 % 10))
        buffer.append(UInt8(ascii: "0") + UInt8(microseconds / 10 % 10))
        buffer.append(UInt8(ascii: "0") + UInt8(microseconds % 10))
    }

    /// An amount of billionths with as many decimals as it has.
    static func member(_ name: StaticString, billionths: Int?, into buffer: inout ByteBuffer) {
        guard let billionths else { return }
        self.name(name, into: &buffer)
        buffer.append(billionths: billionths)
    }

    /// Decisions of policies, as a list of objects.
    static func member(_ name: StaticString, _ decisions: [PolicyDecision], into buffer: inout ByteBuffer) {
        self.name(name, into: &buffer)
        var opening: StaticString = "[{\"policy\":\""
        for decision in decisions {
            buffer.append(opening)
            opening = ",{\"policy\":\""
            text(decision.policy, max: 128, into: &buffer)
            buffer.append("\"")
            member("verdict", decision.verdict.rawValue, max: 32, into: &buffer)
            if decision.isShadow { member("mode", "shadow", max: 32, into: &buffer) }
            buffer.append("}")
        }
        buffer.append("]")
    }

    /// Calls to upstreams, as a list of objects.
    static func member(_ name: StaticString, _ calls: AttemptList, into buffer: inout ByteBuffer) {
        self.name(name, into: &buffer)
        var opening: StaticString = "[{\"upstream\":\""
        calls.forEach { call in
            buffer.append(opening)
            opening = ",{\"upstream\":\""
            text(call.upstream, max: 128, into: &buffer)
            buffer.append("\"")
            member("upstream_model", call.upstreamModel, max: 128, into: &buffer)
            member("model", call.model, max: 128, into: &buffer)
            member("for", call.caller, max: 128, into: &buffer)
            member("outcome", call.outcome, max: 128, into: &buffer)
            member("ms", nanoseconds: call.nanoseconds, into: &buffer)
            member("tokens_in", call.usage?.promptTokens, into: &buffer)
            member("tokens_out", call.usage?.completionTokens, into: &buffer)
            member("tokens_cached", call.usage?.cachedTokens, into: &buffer)
            member("cost_usd", billionths: call.cost, into: &buffer)
            buffer.append("}")
        }
        buffer.append("]")
    }

    private static func name(_ name: StaticString, into buffer: inout ByteBuffer) {
        buffer.append(UInt8(ascii: ","))
        buffer.append(UInt8(ascii: "\""))
        buffer.append(name)
        buffer.append(UInt8(ascii: "\""))
        buffer.append(UInt8(ascii: ":"))
    }

    /// The text with JSON escapes (RFC 8259 section 7). Delete, which terminals obey, is escaped like the other
    /// control characters.
    static func text(_ value: String, max: Int, into buffer: inout ByteBuffer) {
        let bytes = value.utf8Span.span
        let end = cut(bytes, max)
        var start = 0
        for index in 0..<end where needsEscape(bytes[index]) {
            unsafe buffer.append(bytes.extracting(start..<index).bytes)
            escape(bytes[index], into: &buffer)
            start = index + 1
        }
        unsafe buffer.append(bytes.extracting(start..<end).bytes)
        if end < bytes.count { buffer.append("…") }
    }

    /// How many bytes of a text fit, up to the end of the character that meets the bound.
    private static func cut(_ bytes: Span<UInt8>, _ max: Int) -> Int {
        var end = Swift.min(bytes.count, max)
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private static func escape(_ byte: UInt8, into buffer: inout ByteBuffer) {
        switch byte {
        case UInt8(ascii: "\""): buffer.append("\\\"")
        case UInt8(ascii: "\\"): buffer.append("\\\\")
        case UInt8(ascii: "\n"): buffer.append("\\n")
        default:
            buffer.append(byte < 0x10 ? "\\u000" : byte == 0x7F ? "\\u007" : "\\u001")
            buffer.append(hexadecimal: Int(byte & 0xF))
        }
    }
}
