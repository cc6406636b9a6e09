internal import CJSON

/// Looks for the strings of a document that a test is true of: each is tested once at most, and none before somebody asks
/// for it. Names of members may be left out.
///
/// Values are to be asked for in the order of the text; one inside another after it.
package struct JSONTextSearch: ~Copyable {
    private let document: JSONDocument
    /// The first node that has not been looked at.
    private var next = 0
    /// The last that the test was true of.
    private var found: Int?

    package init(_ document: JSONDocument) { self.document = document }

    /// Whether `test` is true of a string in this value, itself included. It gets texts of `shortest` bytes and more,
    /// escapes resolved, and only what lies behind the last one that was found. `anywhere`: whatever a text has around
    /// it, the test stays true, so that all of a short document may be tested at once.
    @inline(__always)
    package mutating func finds(
        in value: JSONValue, shortest: Int, anywhere: Bool, where test: (RawSpan) -> Bool
    ) -> Bool {
        let end = document.following(value.index)
        if anywhere, next == 0, document.isShort, !document.withAllTexts(test) { next = document.nodeCount }
        if let found, found >= value.index { return found < end }
        next = max(next, value.index)
        while next < end {
            let index = next
            next += 1
            let node = document.node(index)
            // The quotes count, and escapes are longer than what they stand for.
            guard Int(node.end - node.start) >= shortest + 2, node.isString, !document.isName(node) else { continue }
            if document.withText(of: node, { $0.byteCount >= shortest && test($0) }) {
                found = index
                return true
            }
        }
        return false
    }
}

extension JSONDocument {
    /// So short that one look at all bytes costs less than one at each string.
    fileprivate var isShort: Bool { byteCount <= 2048 }

    /// Whether a string is surely the name of a member; one with white space behind it is not seen.
    @inline(__always)
    fileprivate func isName(_ node: cj_node) -> Bool {
        let end = Int(node.end)
        return withBytes { end < $0.byteCount && $0.byte(at: end) == UInt8(ascii: ":") }
    }
}
