/// A `data:` URL in Base64 (RFC 2397), as OpenAI's API carries images and files.
struct DataURL {
    /// Such as `image/png`; empty if the URL names none.
    let mediaType: String
    /// Where the Base64 text stands in the URL.
    let data: Range<Int>

    /// nil for any other URL.
    init?(_ url: RawSpan) {
        let count = url.byteCount
        guard count >= 5, url.equals(ignoringCase: "data:", in: 0..<5),
            let comma = url.firstOffset(of: UInt8(ascii: ","), in: 5..<count), comma >= 12,
            url.equals(ignoringCase: ";base64", in: comma - 7..<comma)
        else { return nil }
        let parameters = url.firstOffset(of: UInt8(ascii: ";"), in: 5..<comma) ?? comma
        mediaType = url.extracting(5..<parameters).text.lowercased()
        data = comma + 1..<count
    }
}

extension RawSpan {
    var text: String { unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
}
