/// Cuts a text into the pieces within which tokens are made: does what the regular expressions of the vocabularies
/// say, in time linear in the text.
///
/// The expressions are those of the `tiktoken` package for `cl100k_base` and `o200k_base`. Each method here is one of
/// their alternatives; their order is that of the expressions.
struct PreTokenizer: Sendable {
    let encoding: TokenEncoding
    private let table = CharacterTable()

    init(_ encoding: TokenEncoding) { self.encoding = encoding }

    /// The end of the piece that begins at `start`, which is before the end of the text.
    func pieceEnd(in text: RawSpan, from start: Int) -> Int {
        let first = table.character(in: text, at: start)
        let word =
            switch encoding {
            case .cl100k: contraction(in: text, at: start) ?? plainWord(in: text, from: start, first)
            case .o200k: casedWord(in: text, from: start, first)
            }
        if let word { return word }
        if first.is.isAny(of: .number) { return number(in: text, from: start) }
        return signs(in: text, from: start) ?? blanks(in: text, from: start)
    }

    // MARK: Words

    /// `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll`, `'d` in any case. The long s (U+017F) is an s in any case.
    private func contraction(in text: RawSpan, at start: Int) -> Int? {
        guard start + 1 < text.byteCount, text.byte(start) == UInt8(ascii: "'") else { return nil }
        let first = text.byte(start + 1) | 0x20
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        default: break
        }
        guard start + 2 < text.byteCount else { return nil }
        if text.byte(start + 1) == 0xC5, text.byte(start + 2) == 0xBF { return start + 3 }
        let second = text.byte(start + 2) | 0x20
        let isPair =
            switch first {
            case UInt8(ascii: "l"): second == UInt8(ascii: "l")
            case UInt8(ascii: "v"), UInt8(ascii: "r"): second == UInt8(ascii: "e")
            default: false
            }
        return isPair ? start + 3 : nil
    }

    /// Where a word that begins at `start` has its letters: after one sign or blank that goes with it.
    private func afterPrefix(_ start: Int, _ first: (is: CharacterClass, length: Int)) -> Int? {
        first.is.isAny(of: [.letter, .number, .lineEnd]) ? nil : start + first.length
    }

    /// Letters, with the sign before them.
    private func plainWord(in text: RawSpan, from start: Int, _ first: (is: CharacterClass, length: Int)) -> Int? {
        let letters = afterPrefix(start, first) ?? start
        let end = run(of: .letter, in: text, from: letters)
        return end > letters ? end : nil
    }

    private static let head: CharacterClass = [.upper, .caseless, .mark]
    private static let tail: CharacterClass = [.lower, .caseless, .mark]

    /// Letters up to where a lower case letter is followed by an upper case one, with the sign before them and the
    /// contraction after them.
    private func casedWord(in text: RawSpan, from start: Int, _ first: (is: CharacterClass, length: Int)) -> Int? {
        let letters = afterPrefix(start, first)
        let end =
            letters.flatMap { loweredWord(in: text, from: $0) } ?? loweredWord(in: text, from: start)
            ?? letters.flatMap { raisedWord(in: text, from: $0) } ?? raisedWord(in: text, from: start)
        return end.map { contraction(in: text, at: $0) ?? $0 }
    }

    /// Some of the head's letters, then at least one of the tail's. Letters without case are of both: when no lower
    /// case letter follows, the last of them is the tail.
    private func loweredWord(in text: RawSpan, from start: Int) -> Int? {
        var offset = start
        var lastOfBoth: Int?
        while true {
            let character = table.character(in: text, at: offset)
            guard character.is.isAny(of: Self.head) else { break }
            offset += character.length
            if character.is.isAny(of: Self.tail) { lastOfBoth = offset }
        }
        let end = run(of: Self.tail, in: text, from: offset)
        return end > offset ? end : lastOfBoth
    }

    /// Letters of the head alone: what `loweredWord` did not take.
    private func raisedWord(in text: RawSpan, from start: Int) -> Int? {
        let end = run(of: Self.head, in: text, from: start)
        return end > start ? end : nil
    }

    // MARK: All else

    /// Up to three.
    private func number(in text: RawSpan, from start: Int) -> Int {
        var offset = start
        for _ in 0..<3 {
            let character = table.character(in: text, at: offset)
            guard character.is.isAny(of: .number) else { break }
            offset += character.length
        }
        return offset
    }

    /// What is neither letter nor number nor blank, with a space before and the line ends after it.
    private func signs(in text: RawSpan, from start: Int) -> Int? {
        let first = text.byte(start) == UInt8(ascii: " ") ? start + 1 : start
        var offset = first
        while true {
            let character = table.character(in: text, at: offset)
            guard character.length > 0, !character.is.isAny(of: [.letter, .number, .space]) else { break }
            offset += character.length
        }
        guard offset > first else { return nil }
        while offset < text.byteCount, endsSigns(text.byte(offset)) { offset += 1 }
        return offset
    }

    private func endsSigns(_ byte: UInt8) -> Bool {
        byte == 0x0A || byte == 0x0D || (encoding == .o200k && byte == UInt8(ascii: "/"))
    }

    /// Blanks up to the last line end among them; without one, up to the last, which goes with the word after it.
    private func blanks(in text: RawSpan, from start: Int) -> Int {
        var offset = start
        var last = start
        var lines: Int?
        while true {
            let character = table.character(in: text, at: offset)
            guard character.is.isAny(of: .space) else { break }
            last = offset
            offset += character.length
            if character.is.isAny(of: .lineEnd) { lines = offset }
        }
        let isAtEnd = offset == text.byteCount
        if isAtEnd, encoding == .cl100k { return offset }
        if let lines { return lines }
        return isAtEnd || last == start ? offset : last
    }

    private func run(of wanted: CharacterClass, in text: RawSpan, from start: Int) -> Int {
        var offset = start
        while true {
            let character = table.character(in: text, at: offset)
            guard character.is.isAny(of: wanted) else { return offset }
            offset += character.length
        }
    }
}
