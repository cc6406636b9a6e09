import Upstreams

/// What the fields of one request's head say about framing and about the connection, collected as they are read:
/// `FramingFacts`, and what only requests have (RFC 9112 section 3.2, RFC 9110 sections 7.8 and 10.1.1).
///
/// Refuses whatever two parties could read in two ways. Keeps no bytes but the place of `host`.
struct ConnectionFacts {
    private var message: FramingFacts
    private var host: Range<Int>?
    private var hasUpgradeField = false
    private var expectsContinue = false

    init(minorVersion: Int) { message = FramingFacts(minorVersion: minorVersion) }

    /// Notes one field, if it is of those that matter here.
    mutating func note(_ bytes: RawSpan, name: Range<Int>, value: Range<Int>) throws(HTTPParseError) {
        switch name.count {
        case 4 where bytes.equals(ignoringCase: "host", in: name): try noteHost(bytes, value)
        case 6 where bytes.equals(ignoringCase: "expect", in: name): try noteExpect(bytes, value)
        case 7 where bytes.equals(ignoringCase: "upgrade", in: name): hasUpgradeField = true
        default: try message.note(bytes, name: name, value: value)
        }
    }

    /// Puts the conclusions into `head`, after its last field.
    func conclude(into head: inout RequestHead) throws(HTTPParseError) {
        let isModern = message.minorVersion > 0
        head.body = try message.framing() ?? BodyFraming.none
        if isModern, host == nil { throw .malformed("the host field is missing") }
        head.keepAlive = message.keepsConnection
        head.expectsContinue = expectsContinue && isModern
        head.wantsUpgrade = hasUpgradeField && message.saysUpgrade && isModern
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
}
