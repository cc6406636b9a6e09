import Upstreams

/// Where the parts of a request target are in the head's bytes (RFC 9112 section 3.2).
///
/// Owns ranges only. Origin form (`/path?query`), absolute form (`http://host/path?query`) and, for OPTIONS, the
/// asterisk form are read; authority form belongs to CONNECT, which a gateway of APIs does not offer.
struct RequestTarget: Equatable, Sendable {
    /// As sent, still percent-encoded; starts with `/`, or is `*`.
    var path = 0..<0
    /// After the first `?`, without it; empty when there is none.
    var query = 0..<0
    /// The host and port of an absolute form, which then stand in for the `host` field; else empty.
    var authority = 0..<0

    init() {}

    /// Reads the target in `range`, which holds no space.
    init(_ bytes: RawSpan, in range: Range<Int>, method: HTTPMethod) throws(HTTPParseError) {
        guard method != .connect else { throw HTTPParseError(.notImplemented, "CONNECT is not supported") }
        guard !range.isEmpty else { throw .malformed("the request target is missing") }
        try Self.checkCharacters(bytes, in: range)
        if bytes.byte(at: range.lowerBound) == UInt8(ascii: "/") {
            splitQuery(bytes, in: range)
        } else if method == .options, bytes.equals("*", in: range) {
            path = range
        } else {
            try readAbsolute(bytes, in: range)
        }
    }

    private static func checkCharacters(_ bytes: RawSpan, in range: Range<Int>) throws(HTTPParseError) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes.byte(at: offset)
            guard HTTPSyntax.isTarget(byte) else {
                throw .malformed("the request target holds a character that must be percent-encoded")
            }
            if byte == UInt8(ascii: "%") {
                guard offset + 2 < range.upperBound,
                    HTTPSyntax.hexadecimalValue(bytes.byte(at: offset + 1)) != nil,
                    HTTPSyntax.hexadecimalValue(bytes.byte(at: offset + 2)) != nil
                else { throw .malformed("a % in the request target is not followed by two hexadecimal digits") }
                offset += 2
            }
            offset += 1
        }
    }

    private mutating func splitQuery(_ bytes: RawSpan, in range: Range<Int>) {
        let mark = bytes.firstOffset(of: UInt8(ascii: "?"), in: range)
        path = range.lowerBound..<(mark ?? range.upperBound)
        query = (mark.map { $0 + 1 } ?? range.upperBound)..<range.upperBound
    }

    private mutating func readAbsolute(_ bytes: RawSpan, in range: Range<Int>) throws(HTTPParseError) {
        guard let schemeEnd = bytes.firstOffset(of: UInt8(ascii: ":"), in: range),
            bytes.equals(ignoringCase: "http", in: range.lowerBound..<schemeEnd)
                || bytes.equals(ignoringCase: "https", in: range.lowerBound..<schemeEnd),
            schemeEnd + 3 <= range.upperBound, bytes.equals("://", in: schemeEnd..<schemeEnd + 3)
        else { throw .malformed("the request target is neither a path nor an http or https URL") }
        var end = schemeEnd + 3
        while end < range.upperBound, ![UInt8(ascii: "/"), UInt8(ascii: "?")].contains(bytes.byte(at: end)) { end += 1 }
        authority = schemeEnd + 3..<end
        guard HostSyntax.isValid(bytes, in: authority) else {
            throw .malformed("the request target names no valid host")
        }
        splitQuery(bytes, in: end..<range.upperBound)
        // An empty path means "/" (RFC 9110 section 4.2.3); the scheme's last slash is one at hand.
        if path.isEmpty { path = schemeEnd + 2..<schemeEnd + 3 }
    }
}
