/// Reads a regular expression of RE2's syntax (RE2's page "Syntax") into a tree.
///
/// The expression must be one that RE2 has accepted: faults are its to find. Allocates as it goes; it is for
/// configurations.
package struct PatternParser {
    /// What the tree cannot say.
    package enum Failure: Error, Hashable, Sendable {
        /// `\C`, a single byte, would cut characters.
        case matchesBytes
        /// Syntax that RE2 should not have accepted.
        case unknownSyntax
    }

    /// The flags that change what an element matches.
    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotTakesLineEnds = false
    }

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var flags = Flags()

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    package static func parse(_ text: String) throws(Failure) -> PatternNode {
        var parser = PatternParser(text)
        let node = try parser.choice()
        guard parser.position == parser.scalars.count else { throw .unknownSyntax }
        return node
    }

    /// The texts themselves, as they are written, the longer ones first; with `ignoringCase` in any case.
    package static func anyOf(_ texts: [String], ignoringCase: Bool) -> PatternNode {
        let longestFirst = texts.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
        return .choice(
            longestFirst.map { text in
                .sequence(text.unicodeScalars.map { literal($0, ignoringCase: ignoringCase) })
            })
    }

    // MARK: Structure

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func takeAny() throws(Failure) -> Unicode.Scalar {
        guard let scalar = next else { throw .unknownSyntax }
        position += 1
        return scalar
    }

    private mutating func choice() throws(Failure) -> PatternNode {
        var branches: [PatternNode] = []
        repeat { branches.append(try sequence()) } while take("|")
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(Failure) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if let count = repetition() {
                guard let last = nodes.popLast() else { throw .unknownSyntax }
                nodes.append(.repeated(last, least: count.least, most: count.most))
            } else {
                nodes.append(contentsOf: try element())
            }
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    /// One element; several where a quoted run stands, none where flags are set.
    private mutating func element() throws(Failure) -> [PatternNode] {
        let scalar = try takeAny()
        switch scalar {
        case "(": return try group()
        case "[": return [.character(folded(try characterClass()))]
        case ".": return [.character(flags.dotTakesLineEnds ? "(?s:.)" : ".")]
        case "^", "$": return [.assertion(flags.isMultiline ? "(?m:\(scalar))" : "\(scalar)")]
        case "\\": return try escape()
        default: return [literal(scalar)]
        }
    }

    // MARK: Repetitions

    /// `*`, `+`, `?` or a count, with what makes it lazy; nil where none stands, also before a brace that is a literal.
    private mutating func repetition() -> (least: Int, most: Int?)? {
        let start = position
        let count: (least: Int, most: Int?)? =
            if take("*") { (0, nil) } else if take("+") { (1, nil) } else if take("?") { (0, 1) } else { counts() }
        guard count != nil else {
            position = start
            return nil
        }
        _ = take("?")
        return count
    }

    private mutating func counts() -> (least: Int, most: Int?)? {
        guard take("{"), let least = number() else { return nil }
        if take("}") { return (least, least) }
        guard take(",") else { return nil }
        if take("}") { return (least, nil) }
        guard let most = number(), take("}") else { return nil }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = next, ("0"..."9").contains(scalar) {
            digits.unicodeScalars.append(scalar)
            position += 1
        }
        return Int(digits)
    }

    // MARK: Groups

    private mutating func group() throws(Failure) -> [PatternNode] {
        let outer = flags
        if take("?") {
            if next == "P" || next == "<" {
                while try takeAny() != ">" {}
            } else if try setFlags() {
                return []
            }
        }
        let node = try choice()
        guard take(")") else { throw .unknownSyntax }
        flags = outer
        return [node]
    }

    /// Reads flags up to `)`, after which they hold for the rest of the group, or up to `:`. Whether it was `)`.
    private mutating func setFlags() throws(Failure) -> Bool {
        var isOn = true
        while true {
            switch try takeAny() {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotTakesLineEnds = isOn
            case "U": break
            case "-": isOn = false
            case ":": return false
            case ")": return true
            default: throw .unknownSyntax
            }
        }
    }

    // MARK: Characters

    private func folded(_ source: String) -> String { flags.ignoresCase ? "(?i:\(source))" : source }

    private func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        Self.literal(scalar, ignoringCase: flags.ignoresCase)
    }

    private static func literal(_ scalar: Unicode.Scalar, ignoringCase: Bool) -> PatternNode {
        let isLetter = !scalar.isASCII || scalar.properties.isAlphabetic
        let isPlain = isLetter || ("0"..."9").contains(scalar) || scalar.value <= 0x20 || scalar.value == 0x7F
        let source = isPlain ? "\(scalar)" : "\\\(scalar)"
        return .character(ignoringCase && isLetter ? "(?i:\(source))" : source)
    }

    /// The rest of a class, as it is written.
    private mutating func characterClass() throws(Failure) -> String {
        let start = position - 1
        _ = take("^")
        _ = take("]")
        while true {
            switch try takeAny() {
            case "]":
                var source = ""
                source.unicodeScalars.append(contentsOf: scalars[start..<position])
                return source
            case "\\": _ = try takeAny()
            case "[" where next == ":":
                while try takeAny() != "]" {}
            default: break
            }
        }
    }

    private mutating func escape() throws(Failure) -> [PatternNode] {
        let start = position - 1
        let scalar = try takeAny()
        switch scalar {
        case "A", "z", "b", "B": return [.assertion("\\\(scalar)")]
        case "C": throw .matchesBytes
        case "Q": return quoted()
        case "p", "P", "x":
            if take("{") {
                while try takeAny() != "}" {}
            } else {
                position += scalar == "x" ? 2 : 1
            }
        case "0"..."7":
            while position - start < 4, let digit = next, ("0"..."7").contains(digit) { position += 1 }
        case "E": return []
        default:
            if !scalar.properties.isAlphabetic { return [literal(scalar)] }
        }
        guard position <= scalars.count else { throw .unknownSyntax }
        var source = ""
        source.unicodeScalars.append(contentsOf: scalars[start..<position])
        return [.character(folded(source))]
    }

    /// Literals up to `\E` or the end.
    private mutating func quoted() -> [PatternNode] {
        var nodes: [PatternNode] = []
        while let scalar = next {
            position += 1
            if scalar == "\\", take("E") { break }
            nodes.append(literal(scalar))
        }
        return nodes
    }
}
