extension JSONDocument {
    /// Appends the text without those elements of `array` whose place in `isDropped` holds true; every other byte is
    /// written as it was. One separator goes with each element. `array` is a value of this document, and `isDropped` has
    /// as many places as it has elements.
    package func write(dropping isDropped: [Bool], of array: JSONValue, to output: inout ByteBuffer) {
        precondition(array.document === self && array.count == isDropped.count, "places that do not fit the array")
        var position = 0
        var keptEnd: Int?
        /// The bytes between what stands before a run of dropped elements and its end.
        var cut: Range<Int>?
        for (element, isDropped) in zip(array.elements, isDropped) {
            let range = element.range
            if isDropped {
                cut = (cut?.lowerBound ?? keptEnd ?? range.lowerBound)..<range.upperBound
                continue
            }
            if let found = cut {
                // Without an element before it, the run takes the separator after it along.
                write(position..<found.lowerBound, to: &output)
                position = keptEnd == nil ? range.lowerBound : found.upperBound
                cut = nil
            }
            keptEnd = range.upperBound
        }
        if let cut {
            write(position..<cut.lowerBound, to: &output)
            position = cut.upperBound
        }
        write(position..<byteCount, to: &output)
    }

    private func write(_ range: Range<Int>, to output: inout ByteBuffer) {
        withBytes(in: range) { output.append($0) }
    }
}
