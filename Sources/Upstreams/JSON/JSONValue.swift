internal import CJSON

/// One value of a document: a cheap reference that keeps the document alive.
///
/// Asking for what the value is not gives `nil`, never a crash.
package struct JSONValue {
    package enum Kind: Hashable, Sendable {
        case object, array, string, number, bool, null
    }

    package let document: JSONDocument
    let index: Int

    @inline(__always)
    var node: cj_node { document.node(index) }

    package var kind: Kind {
        switch cj_kind(node.kind) {
        case CJ_OBJECT: .object
        case CJ_ARRAY: .array
        case CJ_STRING, CJ_ESCAPED_STRING: .string
        case CJ_TRUE, CJ_FALSE: .bool
        case CJ_NULL: .null
        default: .number
        }
    }

    /// Where the value stands in the text, its quotes or brackets included.
    package var range: Range<Int> {
        let node = node
        return Int(node.start)..<Int(node.end)
    }

    /// The value as it is written in the text.
    @inline(__always)
    package func withSource<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try document.withBytes(in: range, body)
    }

    // MARK: Scalars

    package var isNull: Bool { cj_kind(node.kind) == CJ_NULL }

    package var bool: Bool? {
        switch cj_kind(node.kind) {
        case CJ_TRUE: true
        case CJ_FALSE: false
        default: nil
        }
    }

    /// An integer that was written without fraction and exponent and fits into `Int`.
    package var int: Int? {
        let node = node
        guard cj_kind(node.kind) == CJ_INTEGER else { return nil }
        return Int(document.number(of: node, as: Int64.self))
    }

    /// Any number, rounded to the nearest `Double`; `nil` for one such as `1e400` that is beyond every `Double`, and
    /// stands in the text only.
    package var double: Double? {
        let node = node
        switch cj_kind(node.kind) {
        case CJ_DOUBLE: return document.number(of: node, as: Double.self)
        case CJ_INTEGER: return Double(document.number(of: node, as: Int64.self))
        case CJ_UNSIGNED: return Double(document.number(of: node, as: UInt64.self))
        default: return nil
        }
    }

    /// The text of a string, escapes resolved.
    package var string: String? {
        withUTF8 { utf8 in unsafe utf8.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }

    /// The text of a string without a copy, escapes resolved, valid during `body` only.
    @inline(__always)
    package func withUTF8<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R? {
        let node = node
        switch cj_kind(node.kind) {
        case CJ_STRING, CJ_ESCAPED_STRING: return try document.withText(of: node, body)
        default: return nil
        }
    }

    /// Length of a string's text in bytes of UTF-8.
    package var utf8Count: Int? { withUTF8 { $0.byteCount } }

    /// True for a string of just this text.
    package func isString(_ text: StaticString) -> Bool {
        withUTF8 { $0.equals(text) } ?? false
    }

    // MARK: Containers

    /// The number of members of an object or elements of an array; 0 for a scalar.
    package var count: Int { Int(node.count) }

    /// The member of this name, the last one if there are several, as most readers of JSON have it.
    package subscript(named key: String) -> JSONValue? {
        member { $0.equals(key) }
    }

    package subscript(key: StaticString) -> JSONValue? {
        member { $0.equals(key) }
    }

    @inline(__always)
    private func member(where isWanted: (RawSpan) -> Bool) -> JSONValue? {
        var found: Int?
        document.forEachMember(of: index) { key, value in
            if isWanted(key) { found = value }
        }
        return found.map { JSONValue(document: document, index: $0) }
    }

    /// The members of an object in the order of the text; none for any other value.
    package var members: JSONMembers { JSONMembers(of: self) }

    /// Calls `body` with each member of an object: the place of its key among `names`, nil for any other key, and its
    /// value. Cheaper than `members`.
    package func forEachMember(among names: [StaticString], _ body: (_ name: Int?, _ value: JSONValue) -> Void) {
        document.forEachMember(of: index) { key, value in
            body(names.firstIndex { key.equals($0) }, JSONValue(document: document, index: value))
        }
    }

    /// The elements of an array in the order of the text; none for any other value.
    package var elements: JSONElements { JSONElements(of: self) }

    /// The first of `names` that this object has more than once, whatever escapes its keys are written with.
    package func duplicateKey(among names: [StaticString]) -> StaticString? {
        names.first { name in
            var times = 0
            document.forEachMember(of: index) { key, _ in
                if key.equals(name) { times += 1 }
            }
            return times > 1
        }
    }
}
