internal import CJSON

/// Strings with their quotes and escapes (RFC 8259 section 7): the short escapes where there are some, `\u00xx` for the
/// other control characters, everything else as it is.
extension ByteBuffer {
    /// Bytes from elsewhere. What is ill-formed becomes U+FFFD, so that the text stays UTF-8.
    package mutating func appendJSONString(utf8: RawSpan) {
        unsafe utf8.withUnsafeBytes { bytes in
            if unsafe cj_is_utf8(bytes.baseAddress, bytes.count) {
                unsafe appendJSONString(wellFormed: bytes)
            } else {
                unsafe String(decoding: bytes, as: UTF8.self).writeJSON(to: &self)
            }
        }
    }

    /// Bytes that are known to be UTF-8.
    @unsafe
    mutating func appendJSONString(wellFormed bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count + 2)
        append(UInt8(ascii: "\""))
        var start = 0
        while true {
            let stop = unsafe Self.nextEscape(in: bytes, from: start)
            unsafe append(UnsafeRawBufferPointer(rebasing: bytes[start..<stop]).bytes)
            guard stop < bytes.count else { break }
            appendEscape(unsafe bytes[stop])
            start = stop + 1
        }
        append(UInt8(ascii: "\""))
    }

    /// The first byte from `start` on that cannot stand in a string as it is; the end if there is none.
    @unsafe
    private static func nextEscape(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var i = start
        while i + 8 <= bytes.count {
            let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            let found = escapesMask(word)
            guard found == 0 else { return i + found.trailingZeroBitCount / 8 }
            i += 8
        }
        while i < bytes.count, unsafe !needsEscape(bytes[i]) { i += 1 }
        return i
    }

    /// The high bit of each byte that needs an escape; above the first such byte there may be false ones.
    @inline(__always)
    private static func escapesMask(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let controls = word &- (ones &* 0x20)
        let quotes = (word ^ (ones &* 0x22)) &- ones
        let backslashes = (word ^ (ones &* 0x5C)) &- ones
        return (controls | quotes | backslashes) & ~word & (ones << 7)
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func appendEscape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append(byte < 0x10 ? "u000" : "u001")
            append(Self.hexadecimalDigit(byte & 0x0F))
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
