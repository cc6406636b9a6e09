/// A set of bytes.
struct ByteClass {
    /// Bit by bit, from byte 0 on.
    private(set) var words = InlineArray<4, UInt64>(repeating: 0)

    /// What the first byte of a character beyond ASCII may be (RFC 3629).
    static let multibyteFirst = Self { (0xC2...0xF4).contains($0) }
    /// What the last byte of a character beyond ASCII may be.
    static let multibyteLast = Self { (0x80...0xBF).contains($0) }

    static let any = Self { _ in true }

    init(where holds: (UInt8) -> Bool) {
        for byte in UInt8.min...UInt8.max where holds(byte) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
    }

    init(_ byte: UInt8) { self.init { $0 == byte } }

    func holds(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

    func union(_ other: Self) -> Self { Self { holds($0) || other.holds($0) } }

    /// Every byte whose lower half is that of one of these, and its upper half that of one, the same or another.
    var ofSameHalves: Self {
        let bytes = (UInt8.min...UInt8.max).filter { holds($0) }
        let lower = Set(bytes.map { $0 & 15 })
        let upper = Set(bytes.map { $0 >> 4 })
        return Self { lower.contains($0 & 15) && upper.contains($0 >> 4) }
    }

    /// About how often a byte of running text is one of these.
    var frequency: Double {
        (UInt8.min...UInt8.max).reduce(1e-6) { sum, byte in
            guard holds(byte) else { return sum }
            switch byte {
            case UInt8(ascii: " "): return sum + 0.15
            case UInt8(ascii: "a")...UInt8(ascii: "z"): return sum + 0.03
            case UInt8(ascii: "0")...UInt8(ascii: "9"): return sum + 0.006
            case UInt8(ascii: "."), UInt8(ascii: ","): return sum + 0.012
            default: return sum + 0.003
            }
        }
    }
}
