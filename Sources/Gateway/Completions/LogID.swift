/// Names one log or one client's stream: 128 random bits, so that nobody guesses another's.
struct LogID: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    static func random() -> LogID { LogID(bytes: RandomBytes.make(16)) }

    /// From 32 hexadecimal digits; nil for anything else.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 32, let bytes = Hexadecimal.decode(String(text)) else { return nil }
        self.init(bytes: bytes)
    }

    private init(bytes: [UInt8]) {
        func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(0), low: word(8))
    }

    /// 32 lower-case hexadecimal digits.
    var description: String {
        Hexadecimal.encode(
            [high, low].flatMap { word in
                stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
            })
    }
}
