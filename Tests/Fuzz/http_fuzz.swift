// sources: Sources/Upstreams/Bytes/*.swift Sources/Upstreams/HTTP/*.swift Sources/Gateway/HTTP/*.swift Tests/GatewayTests/HTTP{Transcript,Cuts}.swift

/// Requests of one connection: fed whole, byte by byte and at random cuts, the same must be read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTP(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    for limit in [48, 4096] {
        let whole = HTTPTranscript(bytes, maxHeadBytes: limit, maxFields: 8)
        for cuts in [HTTPCuts.everywhere(count), HTTPCuts.random(count, seed: UInt64(count))] {
            let pieces = HTTPTranscript(bytes, cuts: cuts, maxHeadBytes: limit, maxFields: 8)
            precondition(pieces == whole, "cut at \(cuts), something else was read")
        }
        exercise(whole.heads)
    }
    return 0
}

/// Looks things up in every head: no input may trap.
private func exercise(_ heads: [RequestHead]) {
    for head in heads {
        _ = head.queryItem("after")
        _ = head.pathParameter(after: "/v1/", before: "/x")
        _ = head.values(of: "host")
        precondition(head.pathHasPrefix("/") || head.pathEquals("*"), "a path of another form")
        precondition(head.minorVersion == 0 || !head.host.isEmpty, "no host")
    }
}
