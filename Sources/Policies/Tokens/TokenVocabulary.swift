/// The tokens of a model and the order in which they are made of smaller ones.
///
/// Owns the tokens' bytes one after the other and a hash table of their places. Immutable, shared by all workers; takes
/// about six megabytes for `o200k_base`.
package struct TokenVocabulary: Sendable {
    typealias Rank = UInt32

    private let bytes: [UInt8]
    /// Where the token of each place ends in `bytes`; it begins where the one before ends.
    private let ends: [UInt32]
    private let ranks: [Rank]
    /// Places plus one, by hash; 0: free. The count is a power of two, at least twice that of the tokens.
    private let slots: [UInt32]
    /// Bytes of the longest token.
    private let longest: Int

    /// Reads the format of `.tiktoken` files: on each line a token in base64, a space, and its rank.
    package init(tiktoken text: RawSpan) throws(TokenVocabularyError) {
        var reader = TiktokenReader()
        try reader.read(text)
        bytes = reader.bytes
        ends = reader.ends
        ranks = reader.ranks
        var longest = 0
        var slots = [UInt32](repeating: 0, count: Self.capacity(for: reader.ends.count))
        for place in reader.ends.indices {
            let range = Self.range(of: place, in: reader.ends)
            longest = max(longest, range.count)
            let token = unsafe reader.bytes.span.bytes.extracting(range)
            let (slot, other) = Self.find(token, bytes: reader.bytes, ends: reader.ends, slots: slots)
            guard other == nil else { throw .duplicate(line: place + 1) }
            slots[slot] = UInt32(place + 1)
        }
        self.slots = slots
        self.longest = longest
        guard Set(ranks).count == ranks.count else { throw .duplicate(line: ranks.count) }
        for byte in UInt8.min...UInt8.max {
            let single: InlineArray<1, UInt8> = [byte]
            guard unsafe rank(of: single.span.bytes) != nil else { throw .missingByte(byte) }
        }
    }

    /// The number of tokens.
    package var count: Int { ranks.count }

    /// The rank of a token; nil if these bytes are none.
    @inline(__always)
    func rank(of token: RawSpan) -> Rank? {
        guard token.byteCount <= longest else { return nil }
        return Self.find(token, bytes: bytes, ends: ends, slots: slots).place.map { ranks[$0] }
    }

    // MARK: The table

    private static func capacity(for count: Int) -> Int {
        var capacity = 1024
        while capacity < 2 * count { capacity *= 2 }
        return capacity
    }

    private static func range(of place: Int, in ends: [UInt32]) -> Range<Int> {
        (place == 0 ? 0 : Int(ends[place - 1]))..<Int(ends[place])
    }

    /// The slot that holds the token, and its place; or the free slot where it would stand.
    private static func find(
        _ token: RawSpan, bytes: [UInt8], ends: [UInt32], slots: [UInt32]
    ) -> (slot: Int, place: Int?) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(token)) & mask
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            let known = unsafe bytes.span.bytes.extracting(range(of: place, in: ends))
            if token.hasSameBytes(as: known) { return (slot, place) }
            slot = (slot + 1) & mask
        }
        return (slot, nil)
    }

    private static func hash(_ token: RawSpan) -> UInt64 {
        var hash = UInt64(token.byteCount) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset < token.byteCount {
            hash = (hash ^ token.word(at: offset)) &* 0xD6E8_FEB8_6659_FD93
            hash ^= hash >> 32
            offset += 8
        }
        return hash
    }
}

extension RawSpan {
    /// Up to eight bytes from `offset` on, with zeros for those beyond the end.
    @inline(__always)
    fileprivate func word(at offset: Int) -> UInt64 {
        if offset + 8 <= byteCount { return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        var word: UInt64 = 0
        for place in (offset..<byteCount).reversed() { word = word << 8 | UInt64(byte(place)) }
        return UInt64(littleEndian: word)
    }

    @inline(__always)
    fileprivate func hasSameBytes(as other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        var offset = 0
        while offset < byteCount {
            guard word(at: offset) == other.word(at: offset) else { return false }
            offset += 8
        }
        return true
    }
}
