/// The class of every character, as the standard library's Unicode tables have it.
///
/// Owns one byte for each character up to U+FFFF; those beyond are looked up when they come.
struct CharacterTable: Sendable {
    private let classes: [UInt8]

    /// Takes some milliseconds: made once, when a vocabulary is read.
    init() {
        classes = (UInt32(0)..<0x10000).map { value in
            Unicode.Scalar(value).map { CharacterClass($0).rawValue } ?? 0
        }
    }

    /// The character at `offset` and its length in bytes; length 0 at the end. What is not UTF-8 is taken bytewise as a
    /// sign.
    @inline(__always)
    func character(in text: RawSpan, at offset: Int) -> (is: CharacterClass, length: Int) {
        guard offset < text.byteCount else { return ([], 0) }
        let first = text.byte(offset)
        if first < 0x80 { return (CharacterClass(rawValue: classes[Int(first)]), 1) }
        return multibyte(in: text, at: offset, first)
    }

    private func multibyte(in text: RawSpan, at offset: Int, _ first: UInt8) -> (is: CharacterClass, length: Int) {
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, offset + length <= text.byteCount else { return ([], 1) }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for place in 1..<length { value = value << 6 | UInt32(text.byte(offset + place) & 0x3F) }
        if value < 0x10000 { return (CharacterClass(rawValue: classes[Int(value)]), length) }
        return (Unicode.Scalar(value).map { CharacterClass($0) } ?? [], length)
    }
}

extension RawSpan {
    @inline(__always)
    func byte(_ offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
