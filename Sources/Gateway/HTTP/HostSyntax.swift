import Upstreams

/// The grammar of `host [":" port]` (RFC 9110 section 7.2, RFC 3986 section 3.2.2), without user information.
enum HostSyntax {
    /// False also for an empty host, which no http or https URL may have.
    static func isValid(_ bytes: RawSpan, in range: Range<Int>) -> Bool {
        guard let first = range.first else { return false }
        let hostEnd =
            bytes.byte(at: first) == UInt8(ascii: "[")
            ? literalEnd(bytes, in: range)
            : range.first { !HTTPSyntax.isRegisteredName(bytes.byte(at: $0)) } ?? range.upperBound
        guard let hostEnd, hostEnd > first else { return false }
        return hostEnd == range.upperBound || isPort(bytes, in: hostEnd..<range.upperBound)
    }

    /// Where an address in square brackets ends.
    private static func literalEnd(_ bytes: RawSpan, in range: Range<Int>) -> Int? {
        guard let close = bytes.firstOffset(of: UInt8(ascii: "]"), in: range), close > range.lowerBound + 2 else {
            return nil
        }
        for offset in range.lowerBound + 1..<close {
            let byte = bytes.byte(at: offset)
            guard HTTPSyntax.hexadecimalValue(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
            else { return nil }
        }
        return close + 1
    }

    /// A colon and at most five digits; none at all is allowed.
    private static func isPort(_ bytes: RawSpan, in range: Range<Int>) -> Bool {
        range.count <= 6 && bytes.byte(at: range.lowerBound) == UInt8(ascii: ":")
            && range.dropFirst().allSatisfy { HTTPSyntax.isDigit(bytes.byte(at: $0)) }
    }
}
