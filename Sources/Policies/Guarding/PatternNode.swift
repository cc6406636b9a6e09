/// A regular expression as a tree: what texts it matches, without captures and without preferences among matches.
///
/// Made by `PatternParser` of what RE2 has accepted. Writes itself as an expression again, and as the expression of all
/// beginnings of its matches, which tells where in a text that goes on a match may have begun.
package indirect enum PatternNode: Hashable, Sendable {
    /// Exactly one character; an expression that needs no parentheses.
    case character(String)
    /// No character: a condition on what stands around, such as `\b`.
    case assertion(String)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// `most`: nil for any number.
    case repeated(PatternNode, least: Int, most: Int?)

    /// Characters of the shortest match; of long ones some number that it is not shorter than.
    package var shortestMatch: Int {
        switch self {
        case .character: 1
        case .assertion: 0
        case .sequence(let nodes): min(Self.longestTold, nodes.reduce(0) { $0 + $1.shortestMatch })
        case .choice(let nodes): nodes.map(\.shortestMatch).min() ?? 0
        case .repeated(let node, let least, _): min(Self.longestTold, least * node.shortestMatch)
        }
    }

    private static let longestTold = 1000

    /// Whether a match can be empty.
    package var matchesEmptyText: Bool { shortestMatch == 0 }

    /// Whether every match begins with one and the same character, its case aside: RE2 finds such a beginning many times
    /// faster than one among several.
    package var beginsWithLiteral: Bool {
        switch self {
        case .character(let source):
            source.hasPrefix("(?i:")
                ? Self.isLiteral(source.dropFirst(4).dropLast(), ignoringCase: true)
                : Self.isLiteral(source[...], ignoringCase: false)
        case .sequence(let nodes): nodes.first?.beginsWithLiteral ?? false
        case .assertion, .choice, .repeated: false
        }
    }

    private static func isLiteral(_ source: Substring, ignoringCase: Bool) -> Bool {
        // These have a third form beyond ASCII, and so are several characters.
        if ignoringCase, ["k", "K", "s", "S"].contains(source) { return false }
        if source.first == "\\" { return source.count == 2 && source.last?.isLetter == false }
        return source.count == 1 && source != "."
    }

    /// An expression of the same texts.
    package var source: String {
        switch self {
        case .character(let source), .assertion(let source): source
        case .sequence(let nodes): "(?:\(nodes.map(\.source).joined()))"
        case .choice(let nodes): "(?:\(nodes.map(\.source).joined(separator: "|")))"
        case .repeated(let node, let least, let most): "(?:\(node.source))\(Self.count(least, most))"
        }
    }

    /// An expression of every text that a match may go on from: it begins a longer match, or whether it is one depends on
    /// what follows. The empty text is among them, unless a match is always empty.
    package var beginnings: String {
        switch self {
        case .character, .assertion: "(?:)"
        case .sequence(let nodes): Self.beginnings(of: nodes[...])
        case .choice(let nodes): "(?:\(nodes.map(\.beginnings).joined(separator: "|")))"
        case .repeated(_, _, most: 0): Self.nothing
        case .repeated(let node, _, let most):
            "(?:(?:\(node.source))\(Self.count(0, most.map { $0 - 1 }))\(node.beginnings))"
        }
    }

    /// A beginning ends in the first half, or it holds the first half and ends in the second. Halving keeps the depth
    /// small where a list is long.
    private static func beginnings(of nodes: ArraySlice<PatternNode>) -> String {
        guard nodes.count > 1 else { return nodes.first?.beginnings ?? nothing }
        let middle = nodes.startIndex + nodes.count / 2
        let first = nodes[..<middle]
        return "(?:\(beginnings(of: first))|\(first.map(\.source).joined())\(beginnings(of: nodes[middle...])))"
    }

    /// An expression of no text, not even the empty one.
    private static let nothing = #"[^\x00-\x{10FFFF}]"#

    private static func count(_ least: Int, _ most: Int?) -> String {
        switch (least, most) {
        case (0, nil): "*"
        case (1, nil): "+"
        case (_, nil): "{\(least),}"
        case (_, let most?): "{\(least),\(most)}"
        }
    }
}
