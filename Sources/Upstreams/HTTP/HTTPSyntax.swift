/// Which bytes the grammar of HTTP allows where (RFC 9110 section 5.6, RFC 3986).
///
/// Owns nothing. Sets of ASCII bytes are two 64-bit masks, so a look-up touches no memory.
@usableFromInline package enum HTTPSyntax {
    @inlinable package static var lineFeed: UInt8 { 0x0A }
    @inlinable package static var carriageReturn: UInt8 { 0x0D }
    @inlinable package static var tab: UInt8 { 0x09 }
    @inlinable package static var space: UInt8 { 0x20 }

    /// `tchar`: what methods and field names are made of.
    @inlinable @inline(__always)
    package static func isToken(_ byte: UInt8) -> Bool {
        contains(byte, low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
    }

    /// What a host name or an IPv4 address is made of: `unreserved`, `sub-delims` and `%` (RFC 3986 section 3.2.2).
    @inlinable @inline(__always)
    package static func isRegisteredName(_ byte: UInt8) -> Bool {
        contains(byte, low: 0x2BFF_7FF2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)
    }

    /// Visible ASCII other than `#`: a request target has no fragment.
    @inlinable @inline(__always)
    package static func isTarget(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") }

    @inlinable @inline(__always)
    package static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// The value of a hexadecimal digit, or nil.
    @inlinable @inline(__always)
    package static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte - UInt8(ascii: "0") }
        let folded = byte | 0x20
        return folded &- UInt8(ascii: "a") < 6 ? folded - UInt8(ascii: "a") + 10 : nil
    }

    @inlinable @inline(__always)
    package static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    @inlinable @inline(__always)
    package static func contains(_ byte: UInt8, low: UInt64, high: UInt64) -> Bool {
        byte < 128 && ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 == 1
    }
}
