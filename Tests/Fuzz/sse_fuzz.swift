// sources: Sources/Upstreams/Bytes/*.swift Sources/Upstreams/SSE/*.swift Tests/UpstreamsTests/SSE{Transcript,Reference,Generator}.swift

/// Event streams: fed whole, byte by byte and at random cuts, what the standard says must come out.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSSE(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    var generator = SSEGenerator(state: UInt64(count))
    let random = (0..<4).map { _ in Int.random(in: 0...count, using: &generator) }.sorted()
    let expected = SSEReference.read(bytes)
    for cuts in [[], Array(0...count), random] {
        precondition(SSETranscript(bytes, cuts: cuts) == expected, "cut at \(cuts), something else was read")
    }
    let bounded = SSETranscript(bytes, maxEventBytes: 12)
    for cuts in [Array(0...count), random] {
        precondition(SSETranscript(bytes, cuts: cuts, maxEventBytes: 12) == bounded, "bounded, cut at \(cuts)")
    }
    return 0
}
