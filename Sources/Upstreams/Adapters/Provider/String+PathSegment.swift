extension String {
    /// As one segment of a URL's path (RFC 3986 section 3.3): all but unreserved characters is percent-encoded, so that
    /// a model's name can lead nowhere else.
    package var pathSegment: String {
        var segment = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                segment.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                segment += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        // A segment of dots alone means a place in the path.
        return segment == "." || segment == ".." ? segment.map { _ in "%2E" }.joined() : segment
    }
}
