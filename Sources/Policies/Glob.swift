/// A pattern in which `*` stands for any run of characters, the empty one included, and all else for itself.
package struct Glob: Hashable, Sendable {
    package let pattern: String
    private let bytes: [UInt8]

    package init(_ pattern: String) {
        self.pattern = pattern
        bytes = Array(pattern.utf8)
    }

    /// Whether the pattern names one text only.
    package var isExact: Bool { !bytes.contains(UInt8(ascii: "*")) }

    /// Time is at most the product of both lengths.
    package func matches(_ text: String) -> Bool {
        guard !isExact else { return text.utf8.elementsEqual(bytes) }
        let text = Array(text.utf8)
        var place = 0
        var position = 0
        /// Where to go on when what follows the last star does not fit.
        var retry: (place: Int, position: Int)?
        while position < text.count {
            if place < bytes.count, bytes[place] == UInt8(ascii: "*") {
                place += 1
                retry = (place, position)
            } else if place < bytes.count, bytes[place] == text[position] {
                place += 1
                position += 1
            } else if let last = retry {
                place = last.place
                position = last.position + 1
                retry = (place, position)
            } else {
                return false
            }
        }
        return bytes[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Whether some text fits both patterns. Time is the product of both lengths.
    package func overlaps(_ other: Glob) -> Bool {
        let star = UInt8(ascii: "*")
        // `row[j]`: some text fits what was taken of this pattern so far, and the first `j` bytes of the other.
        var row = [true]
        for theirs in other.bytes { row.append(row[row.count - 1] && theirs == star) }
        for ours in bytes {
            var next = [row[0] && ours == star]
            for (place, theirs) in other.bytes.enumerated() {
                let fits =
                    ours == star || theirs == star
                    ? row[place + 1] || next[place]
                    : ours == theirs && row[place]
                next.append(fits)
            }
            row = next
        }
        return row[other.bytes.count]
    }
}
