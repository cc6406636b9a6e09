import Upstreams

/// Hands every input to the properties of `JSONProperties`; the first one broken ends the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    if let broken = JSONProperties.broken(by: bytes, JSONParser()) { fatalError(broken) }
    return 0
}
