/// Takes an expression apart into its words, one at a time.
struct CalculatorScanner {
    private let scalars: [Unicode.Scalar]
    private var offset = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The next word, and where it begins, in characters from 1.
    mutating func next() throws(CalculatorError) -> (CalculatorToken, position: Int) {
        while offset < scalars.count, scalars[offset].properties.isWhitespace { offset += 1 }
        let start = offset
        guard start < scalars.count else { return (.end, start + 1) }
        let scalar = scalars[start]
        if Self.isDigit(scalar) || scalar == "." { return (try number(), start + 1) }
        if Self.isLetter(scalar) { return (name(), start + 1) }
        offset += 1
        guard let token = symbol(scalar) else {
            let shown = scalar.value < 0x20 || scalar.value == 0x7F ? "a control character" : "'\(scalar)'"
            throw CalculatorError(reason: "\(shown) is not understood", position: start + 1)
        }
        return (token, start + 1)
    }

    private mutating func symbol(_ scalar: Unicode.Scalar) -> CalculatorToken? {
        switch scalar {
        case "+": return .plus
        case "-", "\u{2212}": return .minus
        case "*", "\u{D7}", "\u{B7}":
            guard scalar == "*", offset < scalars.count, scalars[offset] == "*" else { return .times }
            offset += 1
            return .power
        case "/", "\u{F7}": return .over
        case "%": return .remainder
        case "^": return .power
        case "(": return .open
        case ")": return .close
        case ",": return .comma
        default: return nil
        }
    }

    private mutating func name() -> CalculatorToken {
        let start = offset
        while offset < scalars.count, Self.isLetter(scalars[offset]) || Self.isDigit(scalars[offset]) { offset += 1 }
        return .name(String(String.UnicodeScalarView(scalars[start..<offset])).lowercased())
    }

    private mutating func number() throws(CalculatorError) -> CalculatorToken {
        let start = offset
        skipDigits()
        if offset < scalars.count, scalars[offset] == "." {
            offset += 1
            skipDigits()
        }
        guard offset > start + 1 || scalars[start] != "." else {
            throw CalculatorError(reason: "a point without digits", position: start + 1)
        }
        skipExponent()
        let text = scalars[start..<offset].map { UInt8(truncatingIfNeeded: $0.value) }
        guard let value = CalculatorLiteral.value(of: text) else {
            throw CalculatorError(reason: "a number of more than 1000 digits", position: start + 1)
        }
        return .number(value)
    }

    private mutating func skipDigits() {
        while offset < scalars.count, Self.isDigit(scalars[offset]) { offset += 1 }
    }

    /// An `e` that no digits follow is the constant.
    private mutating func skipExponent() {
        guard offset < scalars.count, scalars[offset] == "e" || scalars[offset] == "E" else { return }
        var digits = offset + 1
        if digits < scalars.count, scalars[digits] == "+" || scalars[digits] == "-" { digits += 1 }
        guard digits < scalars.count, Self.isDigit(scalars[digits]) else { return }
        offset = digits
        skipDigits()
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar >= "a" && scalar <= "z" || scalar >= "A" && scalar <= "Z" || scalar == "_"
    }
}
