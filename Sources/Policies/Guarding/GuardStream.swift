/// One text on its way through a set of rules, in pieces: what is forbidden stops it, what is to be hidden is replaced.
///
/// Holds back only what may be the beginning of a match, and never more than `bound` bytes of it. The output does not
/// depend on how the text was cut, and never splits a character if no piece does. A match is looked for in the `bound`
/// bytes after its first: what would be longer is found as far as a part of it matches.
/// States: open → ended (by the last piece, or by a stop); nothing may be fed after the end.
package struct GuardStream {
    /// Places of one text at which a match is looked for closely; each costs time of the order of `bound`.
    package static let maxPlaces = 20_000

    private let deny: (any GuardScanner)?
    private let redact: (any GuardScanner)?
    private let replacements: [[UInt8]]
    private let bound: Int
    /// One character of what is done with, for `\b` and its like; then what is not.
    private var text: [UInt8] = []
    /// Where in `text` the search for what is forbidden goes on.
    private var searched = 0
    /// Where in `text` the output goes on.
    private var released = 0
    private var places = 0
    /// How many matches were replaced.
    package private(set) var redactions = 0

    /// `replacements`: by the rule of `redact`. `bound`: bytes, at least 1.
    package init(
        deny: (any GuardScanner)?, redact: (any GuardScanner)?, replacements: [[UInt8]], bound: Int
    ) {
        precondition(bound > 0, "nothing fits into no bytes")
        self.deny = deny
        self.redact = redact
        self.replacements = replacements
        self.bound = bound
    }

    /// Whether text waits for what follows.
    package var holdsText: Bool { released < text.count }

    /// Takes the next piece and appends to `output` what may go out.
    package mutating func feed(_ piece: RawSpan, isLast: Bool, into output: inout [UInt8]) throws(GuardStop) {
        unsafe piece.withUnsafeBytes { unsafe text.append(contentsOf: $0) }
        let searchEnd = isLast ? text.count : openStart(deny, from: searched)
        if let deny, let found = try nextMatch(of: deny, from: searched, before: searchEnd) {
            throw .denied(rule: found.match.rule)
        }
        searched = searchEnd
        let end = isLast ? text.count : min(searchEnd, openStart(redact, from: released))
        try release(before: end, isLast: isLast, into: &output)
        forget()
    }

    private mutating func release(before end: Int, isLast: Bool, into output: inout [UInt8]) throws(GuardStop) {
        var end = end
        while let redact, let found = try nextMatch(of: redact, from: released, before: end) {
            output.append(contentsOf: text[released..<found.start])
            output.append(contentsOf: replacements[found.match.rule])
            redactions += 1
            released = found.match.end
            if released > end, !isLast { end = min(searched, openStart(redact, from: released)) }
        }
        guard released < end else { return }
        output.append(contentsOf: text[released..<end])
        released = end
    }

    /// Before this place all is decided: what began there has its `bound` bytes, or cannot go on to the end.
    private func openStart(_ scanner: (any GuardScanner)?, from position: Int) -> Int {
        guard let scanner, position < text.count else { return text.count }
        return unsafe scanner.openStart(in: text.span.bytes, from: max(position, text.count - bound))
    }

    /// The first match that begins in `position..<limit`. Looks at windows, so that a far end of the text costs
    /// nothing however often it is called.
    private mutating func nextMatch(
        of scanner: any GuardScanner, from position: Int, before limit: Int
    ) throws(GuardStop) -> (start: Int, match: GuardMatch)? {
        var position = position
        while position < limit {
            let windowEnd = min(text.count, position + 4 * bound)
            // A match that begins later may reach out of the window.
            let trusted = windowEnd == text.count ? limit : min(limit, windowEnd - bound)
            guard let start = unsafe scanner.firstStart(in: text.span.bytes, position..<windowEnd), start < trusted
            else {
                position = trusted
                continue
            }
            places += 1
            guard places <= Self.maxPlaces else { throw .tooManyPlaces }
            let reach = min(start + bound, text.count)
            if let match = unsafe scanner.match(at: start, in: text.span.bytes, limit: reach) { return (start, match) }
            position = start + UTF8Length.of(text[start])
        }
        return nil
    }

    /// Drops what neither search needs, but for one character before.
    private mutating func forget() {
        var start = min(searched, released) - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        guard start > 0 else { return }
        text.removeSubrange(..<start)
        searched -= start
        released -= start
    }
}
