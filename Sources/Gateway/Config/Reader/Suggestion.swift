/// "Did you mean": the nearest of the words that would have been right.
package enum Suggestion {
    /// ` (did you mean "…"?)` when one of the candidates is near enough, else nothing.
    package static func phrase(for word: String, among candidates: [String]) -> String {
        nearest(to: word, among: candidates).map { " (did you mean \($0.quoted)?)" } ?? ""
    }

    /// The candidate with the fewest edits, if those are at most a third of the longer word (and one for short words).
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let scored = candidates.map { (word: $0, edits: distance(word.lowercased(), $0.lowercased())) }
        guard let best = scored.min(by: { $0.edits < $1.edits }) else { return nil }
        return best.edits <= max(1, max(best.word.count, word.count) / 3) ? best.word : nil
    }

    /// The number of characters to insert, delete, replace or swap with their neighbour (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var older: [Int] = []
        var previous = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                let isSame = left[i] == right[j]
                var edits = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (isSame ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    edits = min(edits, older[j - 1] + 1)
                }
                row.append(edits)
            }
            older = previous
            previous = row
        }
        return previous[right.count]
    }
}
