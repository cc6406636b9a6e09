/// What the fields of one head say about its framing and about the connection, collected as they are read
/// (RFC 9112 sections 6 and 9.3, RFC 9110 section 7.6.1).
///
/// Refuses whatever two parties could read in two ways. Keeps no bytes.
package struct FramingFacts {
    /// 0 or 1: the message is HTTP/1.0 or HTTP/1.1.
    package let minorVersion: Int
    package private(set) var contentLength: Int?
    package private(set) var isChunked = false
    /// `connection` names `upgrade`.
    package private(set) var saysUpgrade = false
    private var saysClose = false
    private var saysKeepAlive = false

    package init(minorVersion: Int) { self.minorVersion = minorVersion }

    /// Whether the peer lets the connection carry another message.
    package var keepsConnection: Bool { !saysClose && (minorVersion > 0 || saysKeepAlive) }

    /// Notes one field, if it is of those that matter here.
    package mutating func note(_ bytes: RawSpan, name: Range<Int>, value: Range<Int>) throws(HTTPParseError) {
        switch name.count {
        case 10 where bytes.equals(ignoringCase: "connection", in: name): noteConnection(bytes, value)
        case 14 where bytes.equals(ignoringCase: "content-length", in: name): try noteLength(bytes, value)
        case 17 where bytes.equals(ignoringCase: "transfer-encoding", in: name): try noteCoding(bytes, value)
        default: break
        }
    }

    /// The framing that the fields give, after the last of them; nil when they give none.
    package func framing() throws(HTTPParseError) -> BodyFraming? {
        if isChunked, contentLength != nil { throw .malformed("both content-length and transfer-encoding are given") }
        return isChunked ? .chunked : contentLength.map { .length($0) }
    }

    private mutating func noteLength(_ bytes: RawSpan, _ value: Range<Int>) throws(HTTPParseError) {
        guard contentLength == nil else { throw .malformed("content-length is given more than once") }
        guard !value.isEmpty else { throw .malformed("content-length is empty") }
        var length = 0
        for offset in value {
            let byte = bytes.byte(at: offset)
            guard HTTPSyntax.isDigit(byte) else { throw .malformed("content-length is not a decimal number") }
            let (tens, tooMany) = length.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !tooMany, !overflow else { throw .malformed("content-length is too large a number") }
            length = sum
        }
        contentLength = length
    }

    private mutating func noteCoding(_ bytes: RawSpan, _ value: Range<Int>) throws(HTTPParseError) {
        guard minorVersion > 0 else { throw .malformed("HTTP/1.0 has no transfer-encoding") }
        guard !isChunked else { throw .malformed("transfer-encoding is given more than once") }
        guard bytes.equals(ignoringCase: "chunked", in: value) else {
            throw HTTPParseError(.notImplemented, "the only transfer-encoding understood is chunked")
        }
        isChunked = true
    }

    /// Reads a comma-separated list of options; unknown ones say nothing to us.
    private mutating func noteConnection(_ bytes: RawSpan, _ value: Range<Int>) {
        var rest = value
        while !rest.isEmpty {
            let comma = bytes.firstOffset(of: UInt8(ascii: ","), in: rest) ?? rest.upperBound
            let option = bytes.trimmingBlanks(in: rest.lowerBound..<comma)
            if bytes.equals(ignoringCase: "close", in: option) { saysClose = true }
            if bytes.equals(ignoringCase: "keep-alive", in: option) { saysKeepAlive = true }
            if bytes.equals(ignoringCase: "upgrade", in: option) { saysUpgrade = true }
            rest = min(comma + 1, rest.upperBound)..<rest.upperBound
        }
    }
}
