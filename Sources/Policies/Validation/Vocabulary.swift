/// A short list of words, in which the text of a string or key is looked up without making a `String` of it.
package final class Vocabulary: Sendable, ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
    private struct Slot {
        /// That of no text: the slot is free.
        var start = TextStart.none
        /// Among the words.
        var place = 0

        var isFree: Bool { start.count < 0 }
    }

    package let words: [String]
    private let texts: [[UInt8]]
    /// Each word in the slot of its hash or, where that is taken, in the next free one behind it. Half are free, at least.
    private let slots: [Slot]
    private let shift: UInt64

    package init(_ words: [String]) {
        self.words = words
        texts = words.map { Array($0.utf8) }
        var bits = 1
        while 1 << bits < 2 * words.count { bits += 1 }
        shift = UInt64(64 - bits)
        var slots = Array(repeating: Slot(), count: 1 << bits)
        for (place, text) in texts.enumerated() {
            let start = TextStart(text.span)
            var slot = Int(start.hash >> shift)
            while !slots[slot].isFree { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Slot(start: start, place: place)
        }
        self.slots = slots
    }

    package convenience init(arrayLiteral words: String...) { self.init(words) }
    package convenience init(stringLiteral word: String) { self.init([word]) }

    var isEmpty: Bool { words.isEmpty }

    /// The place among the words of the string or key with this number; nil for what is none of them.
    @inline(__always)
    func index(of node: Int, in tree: some JSONTree) -> Int? {
        let text = tree.textStart(at: node)
        let start = TextStart(count: text.count, first: text.first, second: text.second)
        guard let place = firstWord(with: start) else { return nil }
        return start.isWhole ? place : longWord(from: place, at: node, in: tree)
    }

    /// The place of the first word that begins so and is as long.
    @inline(__always)
    private func firstWord(with start: TextStart) -> Int? {
        var slot = Int(truncatingIfNeeded: start.hash &>> shift)
        while !slots[slot].isFree {
            if slots[slot].start == start { return slots[slot].place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Words that begin alike and are equally long stand at or behind the first of them.
    @inline(never)
    private func longWord(from first: Int, at node: Int, in tree: some JSONTree) -> Int? {
        texts.indices.dropFirst(first).first { tree.hasText(texts[$0], at: node) }
    }

    /// `'a', 'b' and 'c'`
    var list: String {
        guard words.count > 1, let last = words.last else { return words.first.map { "'\($0)'" } ?? "none" }
        return words.dropLast().map { "'\($0)'" }.joined(separator: ", ") + " and '\(last)'"
    }
}
