/// Finds the matches of a set of rules in a text. Immutable, shared by threads.
package protocol GuardScanner: AnyObject, Sendable {
    /// The leftmost place in `range` where something that ends in `range` may match.
    func firstStart(in text: RawSpan, _ range: Range<Int>) -> Int?
    /// What matches from `start` on and ends at `limit` or before.
    func match(at start: Int, in text: RawSpan, limit: Int) -> GuardMatch?
    /// The leftmost place from `from` on where a match may have begun that what follows the text would complete or
    /// change; the end of the text if there is none.
    func openStart(in text: RawSpan, from: Int) -> Int
}

/// A match that begins where it was asked for.
package struct GuardMatch: Hashable, Sendable {
    /// The index of the rule; of several that match, the first.
    package let rule: Int
    package let end: Int

    package init(rule: Int, end: Int) {
        self.rule = rule
        self.end = end
    }
}
