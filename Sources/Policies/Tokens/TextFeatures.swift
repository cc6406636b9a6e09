/// How often each feature occurs in a text: one pass, sixteen bytes at a time.
///
/// Owns the counts and nothing of the text. Bytes that are not UTF-8 are counted as something, never trapped on.
struct TextFeatures {
    /// By the raw value of `TextFeature`.
    private(set) var counts = InlineArray<32, Float>(repeating: 0)

    /// Bytes before the first of a window that are looked at.
    private static let history = 16
    /// Bytes looked at in one go: the counter of a lane takes up to 255 vectors.
    private static let maxWindow = 128 * 16

    init(of text: RawSpan) {
        var start = 0
        while start < text.byteCount {
            let count = min(text.byteCount - start, Self.maxWindow)
            if start >= Self.history, count == Self.maxWindow {
                add(text, start..<start + count)
            } else {
                addEdge(of: text, start..<start + count)
            }
            start += count
        }
    }

    /// Counts bytes at the beginning or the end of the text, with spaces before and zeros after the text up to a whole
    /// vector, which count as nothing.
    private mutating func addEdge(of text: RawSpan, _ range: Range<Int>) {
        let whole = (range.count + 15) & ~15
        // The byte after the range may be the second of a character that begins in it.
        let end = min(range.upperBound + 1, text.byteCount)
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.history + whole + 1, alignment: 16) { window in
            unsafe window[..<Self.history].initializeMemory(as: UInt8.self, repeating: 0x20)
            unsafe window[(Self.history + whole - 16)...].initializeMemory(as: UInt8.self, repeating: 0)
            let before = min(range.lowerBound, Self.history)
            let part = text.extracting(range.lowerBound - before..<end)
            unsafe part.withUnsafeBytes { part in
                unsafe UnsafeMutableRawBufferPointer(rebasing: window[(Self.history - before)...])
                    .copyMemory(from: part)
            }
            unsafe add(UnsafeRawBufferPointer(window).bytes, Self.history..<Self.history + whole)
        }
    }

    /// Counts the bytes in `range`, a multiple of sixteen of them and at most `maxWindow`.
    private mutating func add(_ text: RawSpan, _ range: Range<Int>) {
        precondition(range.lowerBound >= Self.history && range.upperBound <= text.byteCount, "no history")
        let highest = addBasics(text, range)
        if highest >= 0xC2 { addScripts(text, range, highest: highest) }
    }

    private subscript(_ feature: TextFeature) -> Float {
        get { counts[feature.rawValue] }
        set { counts[feature.rawValue] = newValue }
    }

    // MARK: Features that ASCII has

    /// Gives the highest byte.
    private mutating func addBasics(_ text: RawSpan, _ range: Range<Int>) -> UInt8 {
        var letters = ByteTally()
        var words = ByteTally()
        var foreignWords = ByteTally()
        var long = ByteTally()
        var rareLetters = ByteTally()
        var uncommonLetters = ByteTally()
        var digits = ByteTally()
        var numbers = ByteTally()
        var visible = ByteTally()
        var vowelEnds = ByteTally()
        var indents = ByteTally()
        var highest = SIMD16<UInt8>.zero
        for offset in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
            let bytes = text.vector(at: offset)
            let before = text.vector(at: offset &- 1)
            highest = highest.greatest(bytes)
            let folded = bytes | 0x20
            letters.add(folded.isOne(of: 26, from: 0x61))
            let startsWord = before.isBelow(0x41)
            words.add(bytes.isAtLeast(0x41) .& startsWord)
            foreignWords.add(bytes.isOne(of: 0x2B, from: 0xC3) .& startsWord)
            long.add(text.leastOfEight(upTo: offset).isAtLeast(0x41))
            rareLetters.add(folded.isOne(of: 2, from: 0x6A) .| folded.equals(0x76) .| folded.isOne(of: 2, from: 0x79))
            uncommonLetters.add(folded.isOne(of: 2, from: 0x67) .| folded.equals(0x75))
            let isDigit = bytes.isOne(of: 10, from: 0x30)
            digits.add(isDigit)
            numbers.add(isDigit .& (before &- 0x30).isAtLeast(10))
            visible.add(bytes.isOne(of: 0x5F, from: 0x21))
            let ending = before | 0x20
            let isVowel = ending.equals(0x61) .| ending.equals(0x69) .| ending.equals(0x6F) .| ending.equals(0x75)
            vowelEnds.add(isVowel .& bytes.isBelow(0x41))
            indents.add(bytes.equals(0x20) .& before.isBelow(0x20))
        }
        self[.letter] += letters.sum
        self[.word] += words.sum
        self[.foreignWord] += foreignWords.sum
        self[.long] += long.sum
        self[.rareLetter] += rareLetters.sum
        self[.uncommonLetter] += uncommonLetters.sum
        self[.digit] += digits.sum
        self[.number] += numbers.sum
        self[.punctuation] += visible.sum - letters.sum - digits.sum
        self[.vowelEnd] += vowelEnds.sum
        self[.indent] += indents.sum
        return highest.max()
    }

    // MARK: Scripts

    /// First bytes of characters, from the highest down; a script ends where the one above it begins.
    private static let scripts: InlineArray<17, (first: UInt8, feature: TextFeature)> = [
        (0xF0, .emoji), (0xEE, .fullWidth), (0xEA, .hangul), (0xE4, .han), (0xE3, .kana), (0xE2, .symbol),
        (0xE1, .southEast), (0xE0, .indicNorth), (0xD8, .arabic), (0xD6, .hebrew), (0xD4, .armenian),
        (0xD2, .cyrillicExtended), (0xD0, .cyrillic), (0xCC, .greek), (0xC4, .latinExtended), (0xC3, .latin1),
        (0xC2, .latinSign),
    ]

    /// Counts the characters of each script by what begins at or above its first byte. Few scripts occur together, so
    /// the count starts below the highest byte and ends with the last character.
    private mutating func addScripts(_ text: RawSpan, _ range: Range<Int>, highest: UInt8) {
        let characters = count(text, range, from: 0xC2)
        if characters * 24 < Float(range.count) { return addFew(text, range) }
        var above: Float = 0
        for index in Self.scripts.indices where above < characters {
            let script = Self.scripts[index]
            guard script.first <= highest else { continue }
            let count = count(text, range, from: script.first)
            self[script.feature] += count - above
            if count > above { split(script.feature, text, range) }
            above = count
        }
    }

    /// Counts characters beyond ASCII one by one, where they are few.
    private mutating func addFew(_ text: RawSpan, _ range: Range<Int>) {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            let word = unsafe text.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt64.self)
            // Bytes of several form characters have their two highest bits set but for all after the first.
            var firsts = UInt64(littleEndian: word) & (UInt64(littleEndian: word) << 1) & 0x8080_8080_8080_8080
            while firsts != 0 {
                let offset = start + firsts.trailingZeroBitCount / 8
                addCharacter(text.byte(offset), offset + 1 < text.byteCount ? text.byte(offset + 1) : 0)
                firsts &= firsts &- 1
            }
        }
    }

    private mutating func addCharacter(_ first: UInt8, _ second: UInt8) {
        guard let index = Self.scripts.indices.first(where: { Self.scripts[$0].first <= first }) else { return }
        switch Self.scripts[index].feature {
        case .cyrillic:
            self[.cyrillic] += 1
            if first == 0xD1, second & 0xF0 == 0x90 { self[.cyrillicOther] += 1 }
        case .indicNorth where second & 0xF8 == 0xB0: self[.indicSouth] += 1
        case .indicNorth where second & 0xF8 == 0xB8: self[.thai] += 1
        case .southEast where second & 0xF8 == 0xB8: self[.vietnamese] += 1
        case let feature: self[feature] += 1
        }
    }

    private func count(_ text: RawSpan, _ range: Range<Int>, from first: UInt8) -> Float {
        var tally = ByteTally()
        for offset in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
            tally.add(text.vector(at: offset).isAtLeast(first))
        }
        return tally.sum
    }

    /// Tells apart scripts that share a first byte, by the second.
    private mutating func split(_ feature: TextFeature, _ text: RawSpan, _ range: Range<Int>) {
        switch feature {
        case .cyrillic:
            self[.cyrillicOther] += count(text, range, 0x90..<0xA0, after: 0xD1)
        case .indicNorth:
            let south = count(text, range, 0xB0..<0xB8, after: 0xE0)
            let thai = count(text, range, 0xB8..<0xC0, after: 0xE0)
            self[.indicSouth] += south
            self[.thai] += thai
            self[.indicNorth] -= south + thai
        case .southEast:
            let vietnamese = count(text, range, 0xB8..<0xC0, after: 0xE1)
            self[.vietnamese] += vietnamese
            self[.southEast] -= vietnamese
        default: break
        }
    }

    private func count(_ text: RawSpan, _ range: Range<Int>, _ seconds: Range<UInt8>, after first: UInt8) -> Float {
        var tally = ByteTally()
        let width = seconds.upperBound - seconds.lowerBound
        for offset in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
            let isSecond = text.vector(at: offset).isOne(of: width, from: seconds.lowerBound)
            tally.add(isSecond .& text.vector(at: offset &- 1).equals(first))
        }
        return tally.sum
    }
}

extension RawSpan {
    /// In each lane the least of its byte and the seven before it.
    @inline(__always)
    fileprivate func leastOfEight(upTo offset: Int) -> SIMD16<UInt8> {
        var least = vector(at: offset)
        for distance in 1..<8 { least = least.least(vector(at: offset &- distance)) }
        return least
    }
}
