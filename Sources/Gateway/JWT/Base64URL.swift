import Upstreams

/// Base64url without padding (RFC 7515 section 2), read strictly: one text for every run of bytes, and no other.
enum Base64URL {
    /// Nil for padding, for any byte outside of the alphabet, for a length that no run of bytes has, and for bits left
    /// over that are not zero.
    static func decode(_ text: RawSpan) -> [UInt8]? {
        let rest = text.byteCount % 4
        guard rest != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.byteCount * 3 / 4)
        var bits: UInt32 = 0
        var count = 0
        for offset in 0..<text.byteCount {
            guard let value = value(text.byte(at: offset)) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        return bits == 0 ? bytes : nil
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
