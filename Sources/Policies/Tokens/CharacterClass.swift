/// What the patterns of OpenAI's vocabularies ask of a character: its Unicode general category, and white space.
struct CharacterClass: OptionSet {
    let rawValue: UInt8

    /// Upper and title case (Lu, Lt).
    static let upper = Self(rawValue: 1)
    /// Lower case (Ll).
    static let lower = Self(rawValue: 2)
    /// Letters without case (Lm, Lo).
    static let caseless = Self(rawValue: 4)
    /// Combining marks (M).
    static let mark = Self(rawValue: 8)
    /// Numbers (N).
    static let number = Self(rawValue: 16)
    /// White_Space.
    static let space = Self(rawValue: 32)
    /// Carriage return and line feed, which are spaces, too.
    static let lineEnd = Self(rawValue: 64)

    static let letter: Self = [.upper, .lower, .caseless]

    func isAny(of other: Self) -> Bool { rawValue & other.rawValue != 0 }
}

extension CharacterClass {
    init(_ scalar: Unicode.Scalar) {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: self = .upper
        case .lowercaseLetter: self = .lower
        case .modifierLetter, .otherLetter: self = .caseless
        case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        default: self = []
        }
        if scalar.properties.isWhitespace { insert(.space) }
        if scalar == "\r" || scalar == "\n" { insert(.lineEnd) }
    }
}
