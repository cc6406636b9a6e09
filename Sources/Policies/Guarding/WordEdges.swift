/// Whether a part of a text stands for itself, rather than being a piece of a longer word.
package enum WordEdges {
    /// No letter, digit or underscore of any script touches `range` of `text`, which is UTF-8, where `range` itself
    /// begins or ends with one.
    package static func surround(_ range: Range<Int>, in text: RawSpan) -> Bool {
        guard !range.isEmpty else { return false }
        let before = scalar(before: range.lowerBound, in: text)
        let after = scalar(at: range.upperBound, in: text)
        return !(isWord(before) && isWord(scalar(at: range.lowerBound, in: text)))
            && !(isWord(after) && isWord(scalar(before: range.upperBound, in: text)))
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        if scalar == "_" { return true }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .decimalNumber, .nonspacingMark, .spacingMark: return true
        default: return properties.isAlphabetic
        }
    }

    private static func scalar(before position: Int, in text: RawSpan) -> Unicode.Scalar? {
        var start = position - 1
        while start > 0, position - start < 4, text.byte(start) & 0xC0 == 0x80 { start -= 1 }
        return start < 0 ? nil : scalar(at: start, in: text)
    }

    private static func scalar(at position: Int, in text: RawSpan) -> Unicode.Scalar? {
        guard position < text.byteCount else { return nil }
        let lead = text.byte(position)
        let length = UTF8Length.of(lead)
        guard position + length <= text.byteCount else { return nil }
        var value = length == 1 ? UInt32(lead) : UInt32(lead) & (0x7F >> UInt32(length))
        for offset in 1..<max(length, 1) { value = value << 6 | UInt32(text.byte(position + offset) & 0x3F) }
        return Unicode.Scalar(value)
    }
}
