/// The length of a text and its first 16 bytes, which tell almost all words apart.
package struct TextStart: Equatable, Sendable {
    /// Bytes of the whole text; -1: there is none.
    package let count: Int
    /// The first of its bytes is the lowest; zeros are behind the end.
    package let first: UInt64
    package let second: UInt64

    /// Of what has no text.
    static var none: TextStart { TextStart(count: -1, first: 0, second: 0) }

    init(count: Int, first: UInt64, second: UInt64) {
        self.count = count
        self.first = first
        self.second = second
    }

    package init(_ text: Span<UInt8>) {
        func word(_ bytes: Range<Int>) -> UInt64 {
            bytes.reversed().reduce(0) { word, place in word << 8 | (place < text.count ? UInt64(text[place]) : 0) }
        }
        self.init(count: text.count, first: word(0..<8), second: word(8..<16))
    }

    /// Whether it is the whole text.
    var isWhole: Bool { count <= 16 }

    /// Spread evenly over all bits, the highest best.
    var hash: UInt64 { (first ^ (second &+ UInt64(truncatingIfNeeded: count))) &* 0x9E37_79B9_7F4A_7C15 }
}
