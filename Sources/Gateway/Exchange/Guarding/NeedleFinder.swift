internal import Policies

/// Finds the needles of patterns: runs of byte classes of which every match holds one.
///
/// Asks RE2 itself what a character's expression takes, so that the two never differ. Allocates as it goes; it is for
/// configurations.
struct NeedleFinder {
    /// What is known of the texts that a part of a pattern matches.
    private struct Part {
        /// They are all of this length, byte for byte of these classes; nil: not so.
        var whole: [ByteClass]?
        /// How they begin and end, as far as that is known.
        var start: [ByteClass]
        var end: [ByteClass]
        /// Each holds one of these; nil: none is known.
        var needles: [[ByteClass]]?

        static let empty = Part(whole: [], start: [], end: [], needles: nil)
        static let unknown = Part(whole: nil, start: [], end: [], needles: nil)
    }

    /// What a character's expression takes, by its source.
    private var characters: [String: Part] = [:]

    /// The needles of all patterns together; nil where some pattern has none that is rare enough, or where there are too
    /// many.
    static func needles(_ patterns: [PatternNode]) throws(RegularExpression.Failure) -> Needles? {
        var finder = NeedleFinder()
        var all: [[ByteClass]] = []
        for pattern in patterns {
            guard let needles = try finder.part(pattern).needles else { return nil }
            all += needles
        }
        return Needles(all)
    }

    private static func rarer(_ first: [[ByteClass]]?, _ second: [[ByteClass]]?) -> [[ByteClass]]? {
        guard let first else { return second }
        guard let second else { return first }
        return Needles.chance(second) < Needles.chance(first) ? second : first
    }

    // MARK: Parts

    private mutating func part(_ node: PatternNode) throws(RegularExpression.Failure) -> Part {
        switch node {
        case .character(let source): return try character(source)
        case .assertion: return .empty
        case .sequence(let nodes):
            var sequence = Part.empty
            for node in nodes { sequence = Self.joined(sequence, try part(node)) }
            return sequence
        case .choice(let nodes):
            var branches: [Part] = []
            for node in nodes { branches.append(try part(node)) }
            return Self.choice(branches)
        case .repeated(let node, let least, let most): return try repeated(node, least, most)
        }
    }

    private static func joined(_ first: Part, _ second: Part) -> Part {
        let seam = first.end + second.start
        var part = Part(
            whole: first.whole.flatMap { before in second.whole.map { before + $0 } },
            start: first.whole.map { $0 + second.start } ?? first.start,
            end: second.whole.map { first.end + $0 } ?? second.end,
            needles: rarer(first.needles, second.needles))
        if !seam.isEmpty { part.needles = rarer(part.needles, [rarestWindow(seam)]) }
        // Longer ones serve no better, and a part that is repeated may grow without bound.
        if let whole = part.whole, whole.count > 4 * Needles.room { part.whole = nil }
        part.start = Array(part.start.prefix(Needles.room))
        part.end = Array(part.end.suffix(Needles.room))
        return part
    }

    private static func rarestWindow(_ run: [ByteClass]) -> [ByteClass] {
        guard run.count > Needles.room else { return run }
        let windows = (0...run.count - Needles.room).map { Array(run[$0..<$0 + Needles.room]) }
        return windows.min { Needles.chance([$0]) < Needles.chance([$1]) } ?? run
    }

    private static func choice(_ branches: [Part]) -> Part {
        guard let first = branches.first else { return .unknown }
        var choice = first
        for branch in branches.dropFirst() {
            choice.whole = choice.whole.flatMap { before in
                branch.whole.flatMap { before.count == $0.count ? united(before, $0) : nil }
            }
            let start = min(choice.start.count, branch.start.count)
            choice.start = united(Array(choice.start.prefix(start)), Array(branch.start.prefix(start)))
            let end = min(choice.end.count, branch.end.count)
            choice.end = united(Array(choice.end.suffix(end)), Array(branch.end.suffix(end)))
            choice.needles = choice.needles.flatMap { before in branch.needles.map { before + $0 } }
        }
        return choice
    }

    private static func united(_ first: [ByteClass], _ second: [ByteClass]) -> [ByteClass] {
        zip(first, second).map { $0.union($1) }
    }

    private mutating func repeated(
        _ node: PatternNode, _ least: Int, _ most: Int?
    ) throws(RegularExpression.Failure) -> Part {
        guard most != 0 else { return .empty }
        guard least > 0 else { return .unknown }
        let once = try part(node)
        // More than this adds nothing to a needle.
        let count = min(least, Needles.room)
        var part = once
        for _ in 1..<count { part = Self.joined(part, once) }
        if count < least || most != least { part.whole = nil }
        return part
    }

    // MARK: Characters

    private mutating func character(_ source: String) throws(RegularExpression.Failure) -> Part {
        if let known = characters[source] { return known }
        let part = try Self.character(source)
        characters[source] = part
        return part
    }

    private static func character(_ source: String) throws(RegularExpression.Failure) -> Part {
        if source.unicodeScalars.count == 1, source.utf8.count > 1 { return literal(source.utf8.map { ByteClass($0) }) }
        let expression = try RegularExpression(source)
        let ascii = ByteClass { $0 < 0x80 && takes([$0], expression) }
        if expression.beginsASCII { return literal([ascii]) }
        let first = [ascii.union(.multibyteFirst)]
        return Part(whole: nil, start: first, end: [ascii.union(.multibyteLast)], needles: [first])
    }

    private static func takes(_ text: [UInt8], _ expression: RegularExpression) -> Bool {
        unsafe expression.matchEnd(from: 0, in: text.span.bytes, limit: text.count) == text.count
    }

    private static func literal(_ classes: [ByteClass]) -> Part {
        Part(whole: classes, start: classes, end: classes, needles: [classes])
    }
}
