import Upstreams

/// A token in its compact form (RFC 7515 section 7.1), taken apart. Nothing of it is trusted yet.
struct CompactJWT {
    /// As the header says (`alg`).
    let algorithm: String
    /// The name of the key (`kid`), if the header gives one.
    let keyID: String?
    /// What is signed: the header, a dot and the payload, as they stand in the text.
    let signed: Range<Int>
    let payload: [UInt8]
    let signature: [UInt8]

    /// Bytes of a token.
    static let maxBytes = 16_384

    /// Where the two dots of a token stand; nil if there are not just two of them.
    static func dots(in text: RawSpan) -> (first: Int, second: Int)? {
        let dot = UInt8(ascii: ".")
        guard let first = text.firstOffset(of: dot, in: 0..<text.byteCount),
            let second = text.firstOffset(of: dot, in: first + 1..<text.byteCount),
            text.firstOffset(of: dot, in: second + 1..<text.byteCount) == nil
        else { return nil }
        return (first, second)
    }

    /// Throws `notAToken` unless there are three parts, the first of them an object in JSON with `alg`; what comes
    /// behind such a header has to be right.
    init(_ text: RawSpan, parser: JSONParser) throws(JWTFault) {
        guard let (first, second) = Self.dots(in: text) else { throw .notAToken }
        guard text.byteCount <= Self.maxBytes else { throw .tooLong(limit: Self.maxBytes) }
        guard let bytes = Base64URL.decode(text.extracting(0..<first)),
            let header = try? unsafe parser.parse(bytes.span.bytes).root, let algorithm = header["alg"]?.string
        else { throw .notAToken }
        if header["crit"] != nil { throw .criticalExtension }
        self.algorithm = algorithm
        keyID = header["kid"]?.string
        signed = 0..<second
        guard let payload = Base64URL.decode(text.extracting(first + 1..<second)) else {
            throw .malformed("its payload is not base64url")
        }
        guard let signature = Base64URL.decode(text.extracting(second + 1..<text.byteCount)) else {
            throw .malformed("its signature is not base64url")
        }
        self.payload = payload
        self.signature = signature
    }
}
