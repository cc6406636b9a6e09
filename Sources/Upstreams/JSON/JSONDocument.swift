internal import CJSON

/// A validated JSON text and the index of its values.
///
/// Owns one block of memory with its own copy of the text, sized by what the text holds, and gives it back to the
/// parser when it goes. Never changes after it is made.
@safe
package final class JSONDocument {
    let contents: cj_document
    let parser: JSONParser

    @unsafe
    init(_ contents: cj_document, of parser: JSONParser) {
        unsafe self.contents = contents
        self.parser = parser
    }

    deinit { unsafe parser.takeBack(contents) }

    /// The outermost value.
    package var root: JSONValue { JSONValue(document: self, index: 0) }

    /// Length of the text in bytes.
    package var byteCount: Int { unsafe contents.source_length }

    /// The text as it was parsed, valid during `body` only.
    @inline(__always)
    package func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try withBytes(in: 0..<byteCount, body)
    }

    /// A part of the text; a range outside of it is a bug.
    @inline(__always)
    package func withBytes<R: ~Copyable, E: Error>(
        in range: Range<Int>, _ body: (RawSpan) throws(E) -> R
    ) throws(E) -> R {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "a range outside of the text")
        let part = unsafe UnsafeRawBufferPointer(start: contents.source + range.lowerBound, count: range.count)
        return try unsafe body(part.bytes)
    }

    /// Bytes among which the text of each string and key stands in one piece, escapes resolved, for a first look at all
    /// of them together. What else they are has no meaning.
    @inline(__always)
    func withAllTexts<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        // The source follows the extras.
        let length = unsafe UnsafeRawPointer(contents.source) - UnsafeRawPointer(contents.extras) + byteCount
        return try unsafe body(UnsafeRawBufferPointer(start: contents.extras, count: length).bytes)
    }

    // MARK: What values read

    var nodeCount: Int { unsafe contents.node_count }

    @inline(__always)
    func node(_ index: Int) -> cj_node {
        precondition(unsafe index < contents.node_count, "a value outside of the document")
        return unsafe contents.nodes[index]
    }

    /// The text of a string or key, escapes resolved.
    @inline(__always)
    func withText<R: ~Copyable, E: Error>(of node: cj_node, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try unsafe body(text(of: node).bytes)
    }

    @unsafe @inline(__always)
    private func text(of node: cj_node) -> UnsafeRawBufferPointer {
        if cj_kind(node.kind) == CJ_STRING {
            // Without the quotes.
            let (start, end) = (Int(node.start) + 1, Int(node.end) - 1)
            precondition(start <= end && end <= byteCount, "a range outside of the text")
            return unsafe UnsafeRawBufferPointer(start: contents.source + start, count: end - start)
        }
        let stored = unsafe UnsafeRawPointer(contents.extras) + Int(node.link)
        let length = unsafe Int(stored.loadUnaligned(as: UInt32.self))
        return unsafe UnsafeRawBufferPointer(start: stored + MemoryLayout<UInt32>.size, count: length)
    }

    /// The index of the node after the value at `index` and all that is in it.
    @inline(__always)
    func following(_ index: Int) -> Int {
        let node = node(index)
        return cj_kind(node.kind) == CJ_OBJECT || cj_kind(node.kind) == CJ_ARRAY ? Int(node.link) : index + 1
    }

    /// Calls `body` with each key of the object at `index`, escapes resolved, and the index of its value. For any other
    /// value it is not called.
    @inline(__always)
    func forEachMember(of index: Int, _ body: (_ key: RawSpan, _ value: Int) -> Void) {
        guard cj_kind(node(index).kind) == CJ_OBJECT else { return }
        let end = following(index)
        var at = index + 1
        while at < end {
            withText(of: node(at)) { body($0, at + 1) }
            at = following(at + 1)
        }
    }

    /// The value of a number, as the eight bytes that its kind calls for.
    @inline(__always)
    func number<T: BitwiseCopyable>(of node: cj_node, as type: T.Type) -> T {
        unsafe (UnsafeRawPointer(contents.extras) + Int(node.link)).loadUnaligned(as: type)
    }
}
