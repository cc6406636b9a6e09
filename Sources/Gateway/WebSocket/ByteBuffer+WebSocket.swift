import Upstreams

/// Writing the frames of a server, which have no mask (RFC 6455 section 5.1). Every message is one frame.
extension ByteBuffer {
    mutating func appendFrame(_ opcode: WebSocketOpcode, _ payload: RawSpan) {
        let count = payload.byteCount
        precondition(!opcode.isControl || count <= WebSocketFrameHeader.maxControlLength, "a control frame too long")
        reserve(count + 10)
        append(0x80 | opcode.rawValue)
        switch count {
        case ...125:
            append(UInt8(count))
        case ...65_535:
            append(126)
            append(UInt8(count >> 8))
            append(UInt8(count & 0xFF))
        default:
            append(127)
            for shift in stride(from: 56, through: 0, by: -8) { append(UInt8(truncatingIfNeeded: count >> shift)) }
        }
        append(payload)
    }

    /// A close frame; `noStatus` writes an empty one.
    mutating func appendClose(_ code: WebSocketCloseCode, _ reason: String = "") {
        var payload = ByteBuffer()
        if code != .noStatus {
            precondition(code.isAllowedInFrame, "a close code that no frame may hold")
            payload.append(UInt8(code.rawValue >> 8))
            payload.append(UInt8(code.rawValue & 0xFF))
            payload.append(reason)
        }
        payload.withBytes { appendFrame(.close, $0) }
    }
}
