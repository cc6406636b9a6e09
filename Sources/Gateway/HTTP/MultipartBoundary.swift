import Upstreams

/// The boundary in a content type (RFC 2046 section 5.1.1).
enum MultipartBoundary {
    /// Whether a body of this content type is form data.
    static func isFormData(_ contentType: String) -> Bool {
        var reader = ParameterReader(Array(contentType.utf8)[...])
        return reader.token()?.lowercased() == "multipart/form-data"
    }

    /// 1 to 70 characters, of those that the RFC allows.
    static func find(in contentType: String) throws(MultipartError) -> [UInt8] {
        var reader = ParameterReader(Array(contentType.utf8)[...])
        _ = reader.token()
        var boundary: [UInt8]?
        while let parameter = try reader.parameter() {
            guard parameter.key.lowercased() == "boundary" else { continue }
            guard boundary == nil else { throw MultipartError(message: "the content type has two boundaries") }
            boundary = parameter.value
        }
        guard let boundary, 1...70 ~= boundary.count, boundary.allSatisfy(isAllowed) else {
            throw MultipartError(message: "the content type has no boundary of 1 to 70 characters")
        }
        return boundary
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "'()+_,-./:=?".utf8.contains(byte)
        }
    }
}
