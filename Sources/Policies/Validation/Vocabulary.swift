/// A short list of words, in which the text of a string or key is looked up without making a `String` of it.
package final class Vocabulary: Sendable, ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
    package let words: [String]
    private let texts: [[UInt8]]
    /// One per word: its length and first seven bytes, which tell almost all words apart.
    private let signatures: [UInt64]

    package init(_ words: [String]) {
        self.words = words
        texts = words.map { Array($0.utf8) }
        signatures = texts.map { Self.signature($0.span) }
    }

    package convenience init(arrayLiteral words: String...) { self.init(words) }
    package convenience init(stringLiteral word: String) { self.init([word]) }

    var isEmpty: Bool { words.isEmpty }

    /// The place of a text among the words.
    func index(of text: Span<UInt8>) -> Int? {
        let signature = Self.signature(text)
        for place in signatures.indices where signatures[place] == signature {
            if text.count <= 7 || ends(text, like: texts[place]) { return place }
        }
        return nil
    }

    /// `'a', 'b' and 'c'`
    var list: String {
        guard words.count > 1, let last = words.last else { return words.first.map { "'\($0)'" } ?? "none" }
        return words.dropLast().map { "'\($0)'" }.joined(separator: ", ") + " and '\(last)'"
    }

    /// Whether the bytes that the signature does not hold are the same.
    private func ends(_ text: Span<UInt8>, like word: [UInt8]) -> Bool {
        guard text.count == word.count else { return false }
        for i in 7..<text.count where text[i] != word[i] { return false }
        return true
    }

    private static func signature(_ text: Span<UInt8>) -> UInt64 {
        let length = UInt64(truncatingIfNeeded: text.count) << 56
        let bytes = unsafe text.bytes
        switch text.count {
        case 8...:
            let start = unsafe bytes.unsafeLoadUnaligned(as: UInt64.self)
            return length | UInt64(littleEndian: start) & 0xFF_FFFF_FFFF_FFFF
        case 4...:
            // Two words that overlap: what both hold is the same.
            let rest = text.count - 4
            let start = unsafe bytes.unsafeLoadUnaligned(as: UInt32.self)
            let end = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: rest, as: UInt32.self)
            return length | UInt64(UInt32(littleEndian: start)) | UInt64(UInt32(littleEndian: end)) << UInt64(8 * rest)
        default:
            var signature = length
            for i in 0..<text.count { signature |= UInt64(text[i]) << UInt64(8 * i) }
            return signature
        }
    }
}
