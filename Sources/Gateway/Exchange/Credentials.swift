import Upstreams

/// Where clients put their key: `authorization: Bearer`, else `x-api-key`, else `api-key`; for a WebSocket also among its
/// subprotocols.
enum Credentials {
    /// Where the key stands in the head's bytes; nil if there is none.
    static func range(in head: RequestHead) -> Range<Int>? {
        if let value = head.range(of: "authorization") { return head.withBytes(in: value) { bearer($0, at: value) } }
        guard let key = head.range(of: "x-api-key") ?? head.range(of: "api-key") else {
            return head.wantsUpgrade ? WebSocketHandshake.credentialRange(in: head) : nil
        }
        return key.isEmpty ? nil : key
    }

    /// The token behind `Bearer` and blanks (RFC 6750 section 2.1), in a value that stands at `place`.
    private static func bearer(_ value: RawSpan, at place: Range<Int>) -> Range<Int>? {
        let scheme = 6
        guard value.byteCount > scheme, value.equals(ignoringCase: "bearer", in: 0..<scheme),
            value.byte(at: scheme) == UInt8(ascii: " ")
        else { return nil }
        var start = scheme
        while start < value.byteCount, value.byte(at: start) == UInt8(ascii: " ") { start += 1 }
        return start < value.byteCount ? place.lowerBound + start..<place.upperBound : nil
    }
}
