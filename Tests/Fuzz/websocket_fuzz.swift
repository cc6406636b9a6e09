// sources: Sources/Upstreams/Bytes/*.swift Sources/Gateway/WebSocket/{WebSocketOpcode,WebSocketCloseCode,WebSocketFault,WebSocketFrameHeader,UTF8Check,WebSocketReader,ByteBuffer+WebSocket,WebSocketSession}.swift Tests/GatewayTests/WebSocket/WebSocketTranscript.swift Tests/GatewayTests/HTTPCuts.swift Tests/GatewayTests/Support/ByteBuffer+text.swift

/// Frames of one client: fed whole, byte by byte and at random cuts, the same must come of them, and a
/// session ends once.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWebSocket(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    for limit in [12, 1 << 20] {
        let whole = WebSocketTranscript(bytes, maxFrameBytes: limit, maxMessageBytes: 2 * limit)
        for cuts in [HTTPCuts.everywhere(count), HTTPCuts.random(count, seed: UInt64(count))] {
            let pieces = WebSocketTranscript(bytes, cuts: cuts, maxFrameBytes: limit, maxMessageBytes: 2 * limit)
            precondition(pieces == whole, "cut at \(cuts), something else was read")
        }
        precondition(whole.lines.count { $0.hasPrefix("end:") } <= 1, "more than one end")
    }
    return 0
}
