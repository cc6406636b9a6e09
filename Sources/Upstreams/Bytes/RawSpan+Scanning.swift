import Glibc

/// Reading and searching bytes in place. Every offset is checked against the span.
extension RawSpan {
    @inlinable @inline(__always)
    package func byte(at offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

    /// Offset of the first `byte` in `range`, or nil. Costs one `memchr`.
    package func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "range outside of the span")
        return unsafe withUnsafeBytes { memory -> Int? in
            guard let base = memory.baseAddress, !range.isEmpty,
                let hit = unsafe memchr(base + range.lowerBound, Int32(byte), range.count)
            else { return nil }
            return unsafe UnsafeRawPointer(hit) - base
        }
    }

    /// True when the bytes in `range` are exactly `text`.
    package func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "range outside of the span")
        guard range.count == text.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBytes { memory in
            guard let base = memory.baseAddress else { return range.isEmpty }
            return unsafe memcmp(base + range.lowerBound, text.utf8Start, range.count) == 0
        }
    }

    /// True when the bytes in `range`, with A to Z read as a to z, are `lowercase` (which holds no upper-case letter).
    package func equals(ignoringCase lowercase: StaticString, in range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "range outside of the span")
        guard range.count == lowercase.utf8CodeUnitCount else { return false }
        let expected = unsafe UnsafeRawPointer(lowercase.utf8Start)
        // The last word of a name overlaps the one before.
        let last = range.count &- 8
        var index = 0
        while last >= 0 {
            let word = unsafe unsafeLoadUnaligned(fromByteOffset: range.lowerBound &+ index, as: UInt64.self)
            guard unsafe Self.lowercased(word) == expected.loadUnaligned(fromByteOffset: index, as: UInt64.self) else {
                return false
            }
            if index == last { return true }
            index = min(index &+ 8, last)
        }
        while index < range.count {
            let byte = byte(at: range.lowerBound &+ index)
            let folded = byte &- 0x41 < 26 ? byte | 0x20 : byte
            guard unsafe folded == expected.load(fromByteOffset: index, as: UInt8.self) else { return false }
            index &+= 1
        }
        return true
    }

    /// Eight bytes with A to Z as a to z.
    @inline(__always)
    private static func lowercased(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // The highest bit of a byte tells: from A on, behind Z, no ASCII at all.
        let low = word & (0x7F &* ones)
        let isUpper = ((low &+ 0x3F &* ones) ^ (low &+ 0x25 &* ones)) & ~word & (0x80 &* ones)
        return word | isUpper >> 2
    }

    /// True when a byte in `range` is a control character other than the horizontal tab (0x00–0x08, 0x0A–0x1F, 0x7F).
    package func containsControl(in range: Range<Int>) -> Bool {
        var offset = range.lowerBound
        while offset + 8 <= range.upperBound {
            let word = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if Self.mayHoldControl(word), holdsControl(in: offset..<offset + 8) { return true }
            offset += 8
        }
        return holdsControl(in: offset..<range.upperBound)
    }

    /// Eight bytes at once: false only when none is below 0x20 or equal to 0x7F (a tab is looked at again).
    @inline(__always)
    private static func mayHoldControl(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let below = (word &- ones &* 0x20) & ~word
        let delete = word ^ (ones &* 0x7F)
        return (below | ((delete &- ones) & ~delete)) & (ones &* 0x80) != 0
    }

    private func holdsControl(in range: Range<Int>) -> Bool {
        for offset in range {
            let byte = byte(at: offset)
            if byte == 0x7F || (byte < 0x20 && byte != 0x09) { return true }
        }
        return false
    }
}
