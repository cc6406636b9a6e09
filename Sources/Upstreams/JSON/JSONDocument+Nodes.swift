internal import CJSON

/// Values and keys by number, for readers that go through a whole text: they stand in the order of the text, a
/// container before what is in it and a key right before its value. The root is 0; a number outside is a bug.
///
/// Unlike `JSONValue` a number costs no reference counting.
extension JSONDocument {
    /// What one look at a value or key tells.
    ///
    /// `isInteger`: a number without fraction and exponent that fits into `Int`. `size`: members of an object, elements
    /// of an array, bytes of UTF-8 of a string's or key's text, 0 for any other kind. `end`: the number after the value
    /// and all that is in it.
    package func facts(at index: Int) -> (kind: JSONValue.Kind, isInteger: Bool, size: Int, end: Int) {
        let node = node(index)
        if node.isString { return (.string, false, withText(of: node) { $0.byteCount }, index + 1) }
        switch cj_kind(node.kind) {
        case CJ_OBJECT: return (.object, false, Int(node.count), Int(node.link))
        case CJ_ARRAY: return (.array, false, Int(node.count), Int(node.link))
        case CJ_TRUE, CJ_FALSE: return (.bool, false, 0, index + 1)
        case CJ_NULL: return (.null, false, 0, index + 1)
        case CJ_INTEGER: return (.number, true, 0, index + 1)
        default: return (.number, false, 0, index + 1)
        }
    }

    /// The bytes of a string's or key's text, and the first 16 of them as two words, the first byte lowest, zeros behind
    /// the end. For any other kind the count is -1.
    package func textStart(at index: Int) -> (count: Int, first: UInt64, second: UInt64) {
        let node = node(index)
        return node.isString ? withText(of: node) { $0.start } : (-1, 0, 0)
    }

    /// The text of a string or key without a copy, escapes resolved; not called for any other kind.
    package func withUTF8(at index: Int, _ body: (Span<UInt8>) -> Void) {
        let node = node(index)
        guard node.isString else { return }
        withText(of: node) { text in
            unsafe text.withUnsafeBytes { bytes in
                unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe body($0.span) }
            }
        }
    }

    /// The value, with everything that can be asked of it.
    package func value(at index: Int) -> JSONValue { JSONValue(document: self, index: index) }
}

extension cj_node {
    @inline(__always)
    var isString: Bool { cj_kind(kind) == CJ_STRING || cj_kind(kind) == CJ_ESCAPED_STRING }
}

extension RawSpan {
    /// Where there are fewer than 16 bytes, words are read that overlap: what both hold is the same.
    @inline(__always)
    fileprivate var start: (count: Int, first: UInt64, second: UInt64) {
        func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type) -> UInt64 {
            unsafe UInt64(T(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: type)))
        }
        let count = byteCount
        switch count {
        case 16...: return (count, load(0, as: UInt64.self), load(8, as: UInt64.self))
        case 8...:
            return (count, load(0, as: UInt64.self), load(count - 8, as: UInt64.self) >> UInt64(8 * (16 - count)))
        case 4...:
            let rest = count - 4
            return (count, load(0, as: UInt32.self) | load(rest, as: UInt32.self) << UInt64(8 * rest), 0)
        case 1...:
            // A single byte is first, middle and last; of two, the second is middle and last.
            let (middle, last) = (count / 2, count - 1)
            let bytes = load(0, as: UInt8.self) | load(middle, as: UInt8.self) << UInt64(8 * middle)
            return (count, bytes | load(last, as: UInt8.self) << UInt64(8 * last), 0)
        default: return (0, 0, 0)
        }
    }
}
