internal import CJSON

extension JSONDocument {
    /// The document without those elements of `array` whose place in `isDropped` holds true, as if its text had been
    /// parsed; every other byte is as it was. One separator goes with each element. `array` is a value of this document,
    /// and `isDropped` has as many places as it has elements.
    package func dropping(_ isDropped: [Bool], of array: JSONValue) -> JSONDocument {
        precondition(array.document === self && array.kind == .array, "an array of another document")
        precondition(array.count == isDropped.count, "places that do not fit the array")
        return unsafe parser.document(contents, without: isDropped, ofArrayAt: array.index)
    }
}
