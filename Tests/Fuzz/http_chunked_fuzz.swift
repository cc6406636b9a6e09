// sources: Sources/Upstreams/Bytes/*.swift Sources/Upstreams/HTTP/*.swift Sources/Gateway/HTTP/*.swift Tests/GatewayTests/HTTP{Transcript,Cuts}.swift

private let head = Array("POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n".utf8)

/// Chunked bodies: however they are fed the same comes out, and what comes out, written as chunks, reads back.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzChunks(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe head + Array(UnsafeBufferPointer(start: start, count: count))
    let whole = HTTPTranscript(bytes)
    for cuts in [HTTPCuts.everywhere(bytes.count), HTTPCuts.random(bytes.count, seed: UInt64(count))] {
        precondition(HTTPTranscript(bytes, cuts: cuts) == whole, "cut at \(cuts), something else was read")
    }
    for body in whole.bodies {
        var written = ByteBuffer(head)
        unsafe written.append(chunk: body.span.bytes)
        written.appendLastChunk()
        let again = HTTPTranscript(written.copy())
        precondition(again.bodies == [body] && again.ending == .betweenRequests, "chunks do not read back")
    }
    return 0
}
