import Upstreams

/// The head of one frame that a client sends (RFC 6455 section 5.2).
struct WebSocketFrameHeader: Equatable {
    let isFinal: Bool
    let opcode: WebSocketOpcode
    /// Bytes of payload that follow.
    let length: Int
    /// The masking key, its first byte in the lowest eight bits.
    let mask: UInt32
    /// Bytes that the head itself takes up: 6, 8 or 14.
    let size: Int

    /// Longest payload of a control frame.
    static let maxControlLength = 125

    /// Reads the head at the front of `bytes`; nil: it is not complete. What is wrong already in its first or second
    /// byte is refused without waiting for more.
    static func parse(_ bytes: RawSpan) throws(WebSocketFault) -> WebSocketFrameHeader? {
        guard bytes.byteCount >= 1 else { return nil }
        let first = bytes.byte(at: 0)
        guard first & 0x70 == 0 else { throw .violation("a reserved bit is set") }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else { throw .violation("a reserved opcode") }
        let isFinal = first & 0x80 != 0
        guard isFinal || !opcode.isControl else { throw .violation("a control frame in fragments") }
        guard bytes.byteCount >= 2 else { return nil }
        let second = bytes.byte(at: 1)
        guard second & 0x80 != 0 else { throw .violation("a frame without mask") }
        let short = Int(second & 0x7F)
        guard short <= maxControlLength || !opcode.isControl else { throw .violation("a control frame too long") }
        let extra = short == 126 ? 2 : short == 127 ? 8 : 0
        let size = 2 + extra + 4
        guard bytes.byteCount >= size else { return nil }
        let length = extra == 0 ? short : try longLength(bytes, extra)
        let mask = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes.byte(at: size - 4 + $1)) << UInt32(8 * $1) }
        return WebSocketFrameHeader(isFinal: isFinal, opcode: opcode, length: length, mask: mask, size: size)
    }

    private static func longLength(_ bytes: RawSpan, _ count: Int) throws(WebSocketFault) -> Int {
        let length = (2..<2 + count).reduce(UInt64(0)) { $0 << 8 | UInt64(bytes.byte(at: $1)) }
        guard length <= UInt64(Int.max) else { throw .violation("a length above 2^63") }
        guard length > (count == 2 ? 125 : 65_535) else { throw .violation("a length in more bytes than it needs") }
        return Int(length)
    }
}
