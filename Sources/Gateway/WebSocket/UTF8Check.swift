import Upstreams

/// Checks that a run of bytes which comes in pieces is UTF-8 (RFC 3629 section 4), and knows of a mistake at the very
/// byte that makes it one.
struct UTF8Check {
    /// Continuation bytes that the present character still needs.
    private var missing = 0
    /// What the next continuation byte may be: narrower after E0, ED, F0 and F4.
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether all characters are whole.
    var isComplete: Bool { missing == 0 }

    /// False: what has come is not the beginning of any text. The check is not used again.
    mutating func take(_ bytes: RawSpan) -> Bool {
        var offset = 0
        while offset < bytes.byteCount {
            if missing == 0, Self.isASCII(bytes, at: offset) {
                offset += 8
                continue
            }
            guard take(bytes.byte(at: offset)) else { return false }
            offset += 1
        }
        return true
    }

    /// Whether the eight bytes from `offset` on are all below 0x80.
    @inline(__always)
    private static func isASCII(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard offset + 8 <= bytes.byteCount else { return false }
        return unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard allowed.contains(byte) else { return false }
            allowed = 0x80...0xBF
            missing -= 1
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, allowed) = (2, 0xA0...0xBF)
        case 0xED: (missing, allowed) = (2, 0x80...0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, allowed) = (3, 0x90...0xBF)
        case 0xF4: (missing, allowed) = (3, 0x80...0x8F)
        case 0xF1...0xF3: missing = 3
        default: return false
        }
        return true
    }
}
