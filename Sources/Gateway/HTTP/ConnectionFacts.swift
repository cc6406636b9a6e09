import Upstreams

/// What the fields of one head say about framing and about the connection, collected as they are read
/// (RFC 9112 sections 3.2, 6 and 9.3, RFC 9110 sections 7.6.1, 7.8 and 10.1.1).
///
/// Refuses whatever two parties could read in two ways. Keeps no bytes but the place of `host`.
struct ConnectionFacts {
    private let minorVersion: Int
    private var host: Range<Int>?
    private var contentLength: Int?
    private var isChunked = false
    private var hasUpgradeField = false
    private var saysClose = false
    private var saysKeepAlive = false
    private var saysUpgrade = false
    private var expectsContinue = false

    init(minorVersion: Int) { self.minorVersion = minorVersion }

    /// Notes one field, if it is of those that matter here.
    mutating func note(_ bytes: RawSpan, name: Range<Int>, value: Range<Int>) throws(HTTPParseError) {
        switch name.count {
        case 4 where bytes.equals(ignoringCase: "host", in: name): try noteHost(bytes, value)
        case 6 where bytes.equals(ignoringCase: "expect", in: name): try noteExpect(bytes, value)
        case 7 where bytes.equals(ignoringCase: "upgrade", in: name): hasUpgradeField = true
        case 10 where bytes.equals(ignoringCase: "connection", in: name): noteConnection(bytes, value)
        case 14 where bytes.equals(ignoringCase: "content-length", in: name): try noteLength(bytes, value)
        case 17 where bytes.equals(ignoringCase: "transfer-encoding", in: name): try noteCoding(bytes, value)
        default: break
        }
    }

    /// Puts the conclusions into `head`, after its last field.
    func conclude(into head: inout RequestHead) throws(HTTPParseError) {
        if isChunked, contentLength != nil { throw .malformed("both content-length and transfer-encoding are given") }
        if minorVersion > 0, host == nil { throw .malformed("the host field is missing") }
        head.body = isChunked ? .chunked : contentLength.map { .length($0) } ?? .none
        head.keepAlive = !saysClose && (minorVersion > 0 || saysKeepAlive)
        head.expectsContinue = expectsContinue && minorVersion > 0
        head.wantsUpgrade = hasUpgradeField && saysUpgrade && minorVersion > 0
        head.host = head.target.authority.isEmpty ? host ?? 0..<0 : head.target.authority
    }

    private mutating func noteHost(_ bytes: RawSpan, _ value: Range<Int>) throws(HTTPParseError) {
        guard host == nil else { throw .malformed("the host field is given more than once") }
        guard HostSyntax.isValid(bytes, in: value) else { throw .malformed("the host field holds no valid host") }
        host = value
    }

    private mutating func noteExpect(_ bytes: RawSpan, _ value: Range<Int>) throws(HTTPParseError) {
        guard bytes.equals(ignoringCase: "100-continue", in: value) else {
            throw HTTPParseError(.expectationFailed, "only 100-continue can be expected")
        }
        expectsContinue = true
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
