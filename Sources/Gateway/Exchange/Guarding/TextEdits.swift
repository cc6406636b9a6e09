package import Upstreams

/// New texts for parts of one JSON document, put in place without touching any other byte.
///
/// Owns the new values. Reused from document to document by `removeAll`, which keeps the memory.
package struct TextEdits: ~Copyable {
    private struct Edit {
        let place: Range<Int>
        let value: Range<Int>
    }

    private var edits: [Edit] = []
    private var values = ByteBuffer()

    var isEmpty: Bool { edits.isEmpty }

    /// Makes the value at `place` a string of these bytes of UTF-8.
    mutating func replace(_ place: Range<Int>, withText text: [UInt8]) {
        let start = values.count
        unsafe values.appendJSONString(utf8: text.span.bytes)
        edits.append(Edit(place: place, value: start..<values.count))
    }

    /// Puts what `write` writes in the place of these bytes; an empty place is where it is inserted. Places must not
    /// overlap.
    package mutating func replace(_ place: Range<Int>, _ write: (inout ByteBuffer) -> Void) {
        let start = values.count
        write(&values)
        edits.append(Edit(place: place, value: start..<values.count))
    }

    /// Makes the value at `place` null.
    mutating func removeValue(_ place: Range<Int>) {
        let start = values.count
        values.append("null")
        edits.append(Edit(place: place, value: start..<values.count))
    }

    mutating func removeAll() {
        edits.removeAll(keepingCapacity: true)
        values.removeAll()
    }

    /// Appends the edited text of `document` to `output`.
    mutating func write(_ document: JSONDocument, to output: inout ByteBuffer) {
        edits.sort { ($0.place.lowerBound, $0.place.upperBound) < ($1.place.lowerBound, $1.place.upperBound) }
        output.reserve(document.byteCount + values.count)
        document.withBytes { source in
            values.withBytes { values in
                var position = 0
                for edit in edits {
                    output.append(source.extracting(position..<edit.place.lowerBound))
                    output.append(values.extracting(edit.value))
                    position = edit.place.upperBound
                }
                output.append(source.extracting(position..<source.byteCount))
            }
        }
    }
}
