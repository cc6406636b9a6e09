/// What a character is to the ends of words and sentences. Told by its first Unicode scalar, from fixed ranges.
enum CharacterRole {
    case space
    case newline
    /// Ends a sentence if white space follows: `.`, `!`, `?` and their like in other scripts.
    case terminator
    /// Ends a sentence whatever follows: `。`, `！`, `？`.
    case wideTerminator
    /// Belongs to what stands before, also after the end of a sentence: `)`, `"`, `*`.
    case closer
    /// The same in East Asian width: `」`, `）`.
    case wideCloser
    /// Belongs to what stands before: `、`, `，`.
    case wideMark
    /// Belongs to what follows: `「`, `（`.
    case wideOpener
    /// Other punctuation, which joins what stands on both sides.
    case mark
    /// A character of a script that is written without spaces (Han, kana, Thai, Lao, Khmer, Burmese): a word by itself.
    case ideograph
    /// Everything else.
    case letter

    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: self = .newline
        case 0x09, 0x20, 0x1680, 0x2000...0x2006, 0x2008...0x200A, 0x205F, 0x3000: self = .space
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: self = .letter
        case 0x21, 0x2E, 0x3F: self = .terminator
        case 0x22, 0x27, 0x29, 0x2A, 0x5D, 0x5F, 0x60, 0x7D: self = .closer
        case 0x23...0x7E: self = .mark
        case ..<0x0370: self = scalar == "\u{BB}" ? .closer : .letter
        default: self = Self.beyondLatin(scalar.value)
        }
    }

    private static func beyondLatin(_ value: UInt32) -> Self {
        switch value {
        case 0x0589, 0x061F, 0x06D4, 0x0964, 0x0965, 0x1362, 0x2026, 0x203C, 0x2047...0x2049: .terminator
        case 0x2019, 0x201D, 0x203A: .closer
        case 0x2010...0x205E: .mark
        case 0x3002, 0xFF01, 0xFF0E, 0xFF1F, 0xFF61: .wideTerminator
        case 0x3001, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF64: .wideMark
        case 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0x3017, 0x3019, 0x301B, 0x301E, 0x301F, 0xFF09, 0xFF3D,
            0xFF5D, 0xFF60, 0xFF63:
            .wideCloser
        case 0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0x3014, 0x3016, 0x3018, 0x301A, 0x301D, 0xFF08, 0xFF3B, 0xFF5B,
            0xFF5F, 0xFF62:
            .wideOpener
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x2E80...0x2FDF, 0x3005...0x3007, 0x3021...0x3029,
            0x3040...0x312F, 0x31A0...0x31BF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
            0xFF66...0xFF9F, 0x1B000...0x1B16F, 0x20000...0x3FFFF:
            .ideograph
        default: .letter
        }
    }

    var isSpace: Bool { self == .space || self == .newline }

    /// After the end of a sentence it still belongs to it.
    var staysInSentence: Bool {
        switch self {
        case .terminator, .wideTerminator, .closer, .wideCloser: true
        default: false
        }
    }
}
