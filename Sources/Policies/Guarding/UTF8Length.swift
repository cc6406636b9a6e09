/// Lengths of characters in UTF-8 (RFC 3629).
package enum UTF8Length {
    /// Bytes of the character that begins with `lead`; 1 for what begins none.
    package static func of(_ lead: UInt8) -> Int {
        switch lead {
        case 0xF0...: 4
        case 0xE0...: 3
        case 0xC0...: 2
        default: 1
        }
    }
}

extension RawSpan {
    /// The number of characters (Unicode scalars) that begin here.
    package var scalarCount: Int {
        var count = 0
        for offset in byteOffsets where byte(offset) & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
