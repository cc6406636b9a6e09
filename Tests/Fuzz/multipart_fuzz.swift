// sources: Sources/Upstreams/Bytes/*.swift Sources/Upstreams/HTTP/{HTTPSyntax,HTTPParseError,HTTPStatus}.swift Sources/Gateway/HTTP/{Multipart*,ParameterReader}.swift

/// Form data with the boundary `B`: read whole, byte by byte and at a cut, the same model comes out at its place; and what
/// is taken for good has no other part of that name, whichever way it is looked at.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMultipart(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    let whole = reading(bytes, cuts: [])
    for cuts in [Array(0...count), [count / 2], [count / 3, count / 3 * 2]] {
        precondition(reading(bytes, cuts: cuts) == whole, "cut at \(cuts), something else was read")
    }
    if let text = String(validating: bytes, as: UTF8.self) { _ = try? MultipartBoundary.find(in: text) }
    guard case .success(let found?) = whole else { return 0 }
    precondition(bytes[found.range].elementsEqual(found.name.utf8), "the model is somewhere else")
    let before = bytes[..<found.range.lowerBound], after = bytes[found.range.upperBound...]
    precondition(before.suffix(4).elementsEqual("\r\n\r\n".utf8), "the model does not follow a head")
    precondition(after.starts(with: "\r\n--B".utf8), "the model is not followed by a delimiter")
    return 0
}

private func reading(_ bytes: [UInt8], cuts: [Int]) -> Result<MultipartReader.Model?, MultipartError> {
    Result { () throws(MultipartError) in
        var reader = MultipartReader(boundary: [UInt8(ascii: "B")])
        var start = 0
        for cut in cuts + [bytes.count] {
            try unsafe reader.read(Array(bytes[start..<cut]).span.bytes)
            start = cut
        }
        return reader.model
    }
}
