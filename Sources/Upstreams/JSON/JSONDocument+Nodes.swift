internal import CJSON

/// Values and keys by number, for readers that go through a whole text: they stand in the order of the text, a
/// container before what is in it and a key right before its value. The root is 0; a number outside is a bug.
///
/// Unlike `JSONValue` a number costs no reference counting.
extension JSONDocument {
    package func kind(at index: Int) -> JSONValue.Kind {
        switch cj_kind(node(index).kind) {
        case CJ_OBJECT: .object
        case CJ_ARRAY: .array
        case CJ_STRING, CJ_ESCAPED_STRING: .string
        case CJ_TRUE, CJ_FALSE: .bool
        case CJ_NULL: .null
        default: .number
        }
    }

    /// Whether it is a number that was written without fraction and exponent and fits into `Int`.
    package func isInteger(at index: Int) -> Bool { cj_kind(node(index).kind) == CJ_INTEGER }

    /// The number after the value and all that is in it.
    package func end(at index: Int) -> Int { following(index) }

    /// Members of an object, elements of an array; 0 for a scalar.
    package func count(at index: Int) -> Int { Int(node(index).count) }

    /// Length of a string's or key's text in bytes of UTF-8; 0 for any other kind.
    package func utf8Count(at index: Int) -> Int {
        var count = 0
        withUTF8(at: index) { count = $0.count }
        return count
    }

    /// The text of a string or key without a copy, escapes resolved; not called for any other kind.
    package func withUTF8(at index: Int, _ body: (Span<UInt8>) -> Void) {
        let node = node(index)
        switch cj_kind(node.kind) {
        case CJ_STRING, CJ_ESCAPED_STRING:
            withText(of: node) { text in
                unsafe text.withUnsafeBytes { bytes in
                    unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe body($0.span) }
                }
            }
        default: return
        }
    }

    /// The value, with everything that can be asked of it.
    package func value(at index: Int) -> JSONValue { JSONValue(document: self, index: index) }
}
