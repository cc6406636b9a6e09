/// A text of the configuration with placeholders in it.
///
/// A word of lower-case letters and `_` in braces is a placeholder; in doubled braces it stands for itself in single
/// ones, so that `{{user}}` is the text `{user}`. All other braces are text like any other.
package struct TextTemplate: Hashable, Sendable {
    package enum Piece: Hashable, Sendable {
        case text(String)
        case placeholder(Placeholder)
    }

    package private(set) var pieces: [Piece] = []

    /// Bytes of one placeholder's value that go into a header field.
    private static let maxFieldBytes = 256

    /// The empty text.
    package init() {}

    package init(_ text: String) throws(UnknownPlaceholder) {
        var literal = ""
        var rest = text[...]
        while let opening = rest.firstIndex(of: "{") {
            literal += rest[..<opening]
            rest = rest[opening...]
            if let (word, after) = Self.word(at: rest, opening: "{{", closing: "}}") {
                literal += "{\(word)}"
                rest = after
            } else if let (word, after) = Self.word(at: rest, opening: "{", closing: "}") {
                guard let placeholder = Placeholder(rawValue: String(word)) else {
                    throw UnknownPlaceholder(word: String(word))
                }
                if !literal.isEmpty { pieces.append(.text(literal)) }
                literal = ""
                pieces.append(.placeholder(placeholder))
                rest = after
            } else {
                literal += "{"
                rest = rest.dropFirst()
            }
        }
        literal += rest
        if !literal.isEmpty { pieces.append(.text(literal)) }
    }

    private static func word(
        at text: Substring, opening: String, closing: String
    ) -> (word: Substring, after: Substring)? {
        guard text.hasPrefix(opening) else { return nil }
        let inside = text.dropFirst(opening.count)
        let word = inside.prefix { $0 == "_" || ("a"..."z").contains($0) }
        let after = inside.dropFirst(word.count)
        return word.isEmpty || !after.hasPrefix(closing) ? nil : (word, after.dropFirst(closing.count))
    }

    /// The text for one request.
    package func text(_ values: PlaceholderValues) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .placeholder(let placeholder): text += values[placeholder]
            }
        }
        return text
    }

    /// The text as the value of a header field (RFC 9110 section 5.5). Of a placeholder's value the first 256 bytes
    /// are taken, and what is not visible ASCII, or `%`, is percent-encoded: nothing in it can end the field.
    package func fieldValue(_ values: PlaceholderValues) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .placeholder(let placeholder): Self.encode(values[placeholder], into: &text)
            }
        }
        return text
    }

    private static func encode(_ value: String, into text: inout String) {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        for byte in value.utf8.prefix(maxFieldBytes) {
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text.unicodeScalars += ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }
}
