package import Policies

/// Finds the matches of several patterns in one pass, and looks closely only where one begins.
///
/// Holds one expression of all patterns, and one of all that their matches may go on from.
package final class RuleScanner: GuardScanner {
    private let patterns: [GuardPattern]
    /// Any of the patterns.
    private let any: RegularExpression
    /// What a match may go on from, at the end of the text.
    private let open: RegularExpression

    /// At least one pattern. Throws when all together are too large for RE2.
    package init(_ patterns: [GuardPattern]) throws(RegularExpression.Failure) {
        precondition(!patterns.isEmpty, "nothing to look for")
        self.patterns = patterns
        any = try RegularExpression(PatternNode.choice(patterns.map(\.node)).source)
        open = try RegularExpression("\(PatternNode.choice(patterns.map(\.node)).beginnings)\\z")
    }

    package func firstStart(in text: RawSpan, _ range: Range<Int>) -> Int? { any.firstStart(in: text, range) }

    package func match(at start: Int, in text: RawSpan, limit: Int) -> GuardMatch? {
        for (rule, pattern) in patterns.enumerated() {
            var limit = limit
            while limit > start, let end = pattern.expression.matchEnd(from: start, in: text, limit: limit), end > start
            {
                if pattern.check.accepts(start..<end, in: text) { return GuardMatch(rule: rule, end: end) }
                limit = end - 1
            }
        }
        return nil
    }

    package func openStart(in text: RawSpan, from: Int) -> Int {
        open.firstStart(in: text, from..<text.byteCount) ?? text.byteCount
    }
}
