/// A SHA-256 digest: 32 bytes, as four words of which the first byte is the highest of the first.
///
/// Its `==` takes the same time wherever two digests differ, so that digests of secrets may be compared with it.
package struct Digest: Hashable, Sendable {
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// From 64 hexadecimal digits in any case; nil for anything else.
    package init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// From 32 bytes; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(word(0), word(8), word(16), word(24))
    }

    package static func == (a: Self, b: Self) -> Bool {
        (a.word0 ^ b.word0) | (a.word1 ^ b.word1) | (a.word2 ^ b.word2) | (a.word3 ^ b.word3) == 0
    }

    /// By one word, since digests spread evenly.
    package func hash(into hasher: inout Hasher) { hasher.combine(word0) }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        [word0, word1, word2, word3].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
    }

    /// Which of `count` shards it falls into; digests spread evenly.
    func shard(of count: Int) -> Int { Int(word3 % UInt64(count)) }

    /// 64 lower-case hexadecimal digits.
    package var hexadecimal: String { Hexadecimal.encode(bytes) }
}
