/// The members of an object, in the order of the text.
package struct JSONMembers: Sequence, IteratorProtocol {
    /// One key and its value.
    package struct Member {
        let keyNode: JSONValue

        package var value: JSONValue { JSONValue(document: keyNode.document, index: keyNode.index + 1) }

        package var key: String { keyNode.string ?? "" }

        /// The key without a copy, escapes resolved, valid during `body` only.
        @inline(__always)
        package func withKey<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
            try keyNode.document.withText(of: keyNode.node, body)
        }

        package func hasKey(_ name: StaticString) -> Bool { withKey { $0.equals(name) } }

        /// From the key's opening quote to the end of the value.
        package var range: Range<Int> { keyNode.range.lowerBound..<value.range.upperBound }
    }

    private let document: JSONDocument
    private var index: Int
    private let end: Int

    init(of value: JSONValue) {
        document = value.document
        index = value.index + 1
        end = value.kind == .object ? value.document.following(value.index) : index
    }

    package mutating func next() -> Member? {
        guard index < end else { return nil }
        let member = Member(keyNode: JSONValue(document: document, index: index))
        index = document.following(index + 1)
        return member
    }
}
