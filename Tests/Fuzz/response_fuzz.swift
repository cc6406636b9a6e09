// sources: Sources/Upstreams/{Bytes,HTTP}/*.swift Sources/Upstreams/HTTP1/Response*.swift Sources/Upstreams/Transport/AnswerHead.swift Tests/UpstreamsTests/ResponseTranscript.swift Tests/GatewayTests/HTTPCuts.swift

/// Answers of a provider: fed whole, byte by byte and at random cuts, the same must be read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzResponse(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    let whole = ResponseTranscript(bytes)
    for cuts in [HTTPCuts.everywhere(count), HTTPCuts.random(count, seed: UInt64(count))] {
        precondition(ResponseTranscript(bytes, cuts: cuts) == whole, "cut at \(cuts), something else was read")
    }
    precondition(whole.heads.count <= 1, "more than one final head")
    return 0
}
