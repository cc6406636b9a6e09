/// Finds the ends of characters and of units in a text that it is shown scalar by scalar, each exactly once.
///
/// Characters are extended grapheme clusters as Swift's `Character` has them (Unicode Annex 29). An end is known only
/// when the scalar after it is, but for line breaks. White space stands before the word or the sentence that it leads
/// to.
struct UnitScanner {
    /// What lies between a scalar and the one before.
    enum Place: Hashable {
        /// Both belong to one character.
        case inside
        /// The end of a character.
        case character
        /// The end of a unit, and so of a character.
        case unit
    }

    /// Whether the characters so far end a sentence.
    private enum Sentence {
        case open
        /// Ended if white space follows.
        case endsBeforeSpace
        /// Ended whatever follows.
        case ends
    }

    private let unit: PaceUnit
    private var recognizer = Unicode._CharacterRecognizer()
    /// Nil: nothing was read yet, or the text was cut behind it.
    private var last: Unicode.Scalar?
    /// Of the character that `last` is part of.
    private var role = CharacterRole.letter
    private var sentence = Sentence.open

    init(_ unit: PaceUnit) { self.unit = unit }

    /// Begins a new text.
    mutating func reset() { self = Self(unit) }

    /// Takes the next scalar and tells what lies before it. Before the first there is the end of a character.
    mutating func place(before scalar: Unicode.Scalar) -> Place {
        guard endsCharacter(before: scalar) else {
            last = scalar
            return .inside
        }
        let isFirst = last == nil
        last = scalar
        switch unit {
        case .event: return .character
        case .char: return isFirst ? .character : .unit
        case .word, .line, .sentence: break
        }
        let next = CharacterRole(scalar)
        let isEnd = !isFirst && endsUnit(before: next)
        follow(next, startsSentence: isFirst || isEnd)
        role = next
        return isEnd ? .unit : .character
    }

    /// The text as it stands ends with a character, whatever comes (rule GB4 of Annex 29).
    var endsCharacter: Bool {
        switch last?.value {
        case 0x0A, 0x0B, 0x0C, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// The same for a unit.
    var endsUnit: Bool {
        switch unit {
        case .event, .char, .line: endsCharacter
        case .word, .sentence: false
        }
    }

    private mutating func endsCharacter(before scalar: Unicode.Scalar) -> Bool {
        guard let last else {
            recognizer = Unicode._CharacterRecognizer()
            return recognizer.hasBreak(before: scalar)
        }
        if last.isASCII {
            // Between two of these there is an end, CR LF aside; what came before them plays no part.
            if scalar.isASCII { return !(last == "\r" && scalar == "\n") }
            recognizer = Unicode._CharacterRecognizer()
            _ = recognizer.hasBreak(before: last)
        }
        return recognizer.hasBreak(before: scalar)
    }

    private func endsUnit(before next: CharacterRole) -> Bool {
        switch unit {
        case .event, .char: false
        case .word: endsWord(before: next)
        case .line: role == .newline
        case .sentence: endsSentence(before: next)
        }
    }

    private func endsWord(before next: CharacterRole) -> Bool {
        if next.isSpace { return !role.isSpace }
        if role.isSpace { return false }
        switch next {
        case .terminator, .closer, .mark, .wideTerminator, .wideCloser, .wideMark: return false
        case .space, .newline, .wideOpener, .ideograph, .letter: break
        }
        switch role {
        case .wideOpener, .mark: return false
        case .ideograph, .wideTerminator, .wideCloser, .wideMark: return true
        case .terminator, .closer, .letter, .space, .newline: return next != .letter
        }
    }

    private func endsSentence(before next: CharacterRole) -> Bool {
        if role == .newline { return next != .newline }
        if next == .newline || next.staysInSentence { return false }
        switch sentence {
        case .open: return false
        case .endsBeforeSpace: return next == .space
        case .ends: return true
        }
    }

    private mutating func follow(_ next: CharacterRole, startsSentence: Bool) {
        switch next {
        case .terminator: if sentence != .ends || startsSentence { sentence = .endsBeforeSpace }
        case .wideTerminator: sentence = .ends
        case .closer where !startsSentence, .wideCloser where !startsSentence: break
        default: sentence = .open
        }
    }
}
