/// The elements of an array, in the order of the text.
package struct JSONElements: Sequence, IteratorProtocol {
    private let document: JSONDocument
    private var index: Int
    private let end: Int

    init(of value: JSONValue) {
        document = value.document
        index = value.index + 1
        end = value.kind == .array ? value.document.following(value.index) : index
    }

    package mutating func next() -> JSONValue? {
        guard index < end else { return nil }
        let element = JSONValue(document: document, index: index)
        index = document.following(index)
        return element
    }
}
