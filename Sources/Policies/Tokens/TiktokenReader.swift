/// Reads the lines of a `.tiktoken` file: a token in base64 (RFC 4648 section 4), a space, its rank in decimal digits.
struct TiktokenReader {
    private(set) var bytes: [UInt8] = []
    /// Where the token of each line ends in `bytes`.
    private(set) var ends: [UInt32] = []
    private(set) var ranks: [UInt32] = []

    /// Ranks and bytes that any vocabulary stays below by far.
    private static let maxRank = 1 << 24
    private static let maxBytes = 1 << 30

    mutating func read(_ text: RawSpan) throws(TokenVocabularyError) {
        guard text.byteCount < Self.maxBytes else { throw .malformed(line: 1) }
        var offset = 0
        while offset < text.byteCount {
            let line = ends.count + 1
            let start = bytes.count
            guard let space = token(in: text, from: offset), bytes.count > start,
                let end = rank(in: text, from: space + 1)
            else { throw .malformed(line: line) }
            ends.append(UInt32(bytes.count))
            offset = end
        }
    }

    /// Appends the token's bytes; gives the place of the space after it.
    private mutating func token(in text: RawSpan, from start: Int) -> Int? {
        var offset = start
        var bits: UInt32 = 0
        var count = 0
        while offset < text.byteCount, let value = Self.value(of: text.byte(offset)) {
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
            offset += 1
        }
        while offset < text.byteCount, text.byte(offset) == UInt8(ascii: "=") { offset += 1 }
        let isWhole = (offset - start) % 4 == 0
        return isWhole && offset < text.byteCount && text.byte(offset) == UInt8(ascii: " ") ? offset : nil
    }

    /// Appends the rank; gives where the next line begins.
    private mutating func rank(in text: RawSpan, from start: Int) -> Int? {
        var offset = start
        var rank = 0
        while offset < text.byteCount, text.byte(offset) &- 0x30 < 10, rank < Self.maxRank {
            rank = rank * 10 + Int(text.byte(offset) &- 0x30)
            offset += 1
        }
        guard offset > start, rank < Self.maxRank else { return nil }
        ranks.append(UInt32(rank))
        if offset < text.byteCount, text.byte(offset) == 0x0D { offset += 1 }
        guard offset == text.byteCount || text.byte(offset) == 0x0A else { return nil }
        return offset + 1
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
