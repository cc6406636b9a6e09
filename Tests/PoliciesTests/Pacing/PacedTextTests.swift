import Testing

@testable import Policies

@Suite("Paced texts")
struct PacedTextTests {
    /// What comes out of one text fed in these pieces without a delay to end the waiting; the last is what the end of
    /// the text releases.
    private func outputs(_ pieces: [String], _ unit: PaceUnit, min: Int = 1, maxHeld: Int = 65_536) -> [String] {
        var text = PacedText(
            PaceSettings(unit: unit, minCharacters: min, maxDelay: 1_000_000_000, maxHeldBytes: maxHeld))
        var outputs: [String] = []
        let release = { (part: RawSpan, _: Int) in
            outputs.append(unsafe part.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
        }
        for piece in pieces { unsafe text.feed(Array(piece.utf8).span.bytes, at: 0, release) }
        text.releaseAll(release)
        return outputs
    }

    @Test(
        "Words are cut before the space that follows; scripts without spaces at each character",
        arguments: [
            ("Hello, world! It's 3.14.", ["Hello,", " world!", " It's", " 3.14."]),
            ("a  b\n\nc ", ["a", "  b", "\n\nc", " "]),
            ("你好，世界。abc（括号）", ["你", "好，", "世", "界。", "abc", "（括", "号）"]),
            ("「カナ」とrust", ["「カ", "ナ」", "と", "rust"]),
            ("GPT和emoji👍🏽字", ["GPT", "和", "emoji👍🏽", "字"]),
            ("foo(bar)/baz https://a.b/c?d=e", ["foo(bar)/baz", " https://a.b/c?d=e"]),
            ("한국어 낱말", ["한국어", " 낱말"]), ("ภาษา", ["ภ", "า", "ษ", "า"]),
        ])
    func words(text: String, expected: [String]) {
        #expect(outputs([text], .word) == expected)
    }

    @Test(
        "Sentences end at their mark and what closes with it, before white space, or at once for wide marks",
        arguments: [
            ("One. Two! Three?", ["One.", " Two!", " Three?"]), ("It is 3.14 m. Yes", ["It is 3.14 m.", " Yes"]),
            (#"He said "No." And left..."#, [#"He said "No.""#, " And left..."]),
            ("**Done.** Next (really?) one", ["**Done.**", " Next (really?)", " one"]),
            ("你好。世界！「好？」再见", ["你好。", "世界！", "「好？」", "再见"]),
            ("Title\n\nText. \nMore", ["Title\n\n", "Text.", " \n", "More"]), ("End.\nNext", ["End.\n", "Next"]),
            ("क्या? हाँ। ठीक", ["क्या?", " हाँ।", " ठीक"]),
        ])
    func sentences(text: String, expected: [String]) {
        #expect(outputs([text], .sentence) == expected)
    }

    @Test("Lines end with their break, whatever it is, and go out at once when nothing can follow in it")
    func lines() {
        #expect(outputs(["a\nb\r\nc\rd\n\ne"], .line) == ["a\n", "b\r\n", "c\r", "d\n", "\n", "e"])
        #expect(outputs(["a\r", "\nb"], .line) == ["a\r\n", "b"])
        var text = PacedText(PaceSettings(unit: .line, maxDelay: 1))
        unsafe text.feed(Array("a\n".utf8).span.bytes, at: 0) { _, _ in }
        #expect(text.isEmpty && text.due == nil)
    }

    @Test("Characters stay whole when their parts come one by one")
    func characters() {
        let text = "e\u{301}👨‍👩‍👧🇩🇪🇫🇷\u{1112}\u{1161}\u{11AB}\r\n👍🏽"
        let scalars = text.unicodeScalars.map { String($0) }
        #expect(outputs(scalars, .char) == text.map { String($0) })
        #expect(outputs(scalars, .event).joined() == text)
        #expect(outputs(scalars, .event) == text.map { String($0) })
    }

    @Test("Events are merged until there are enough characters, and never split")
    func events() {
        #expect(outputs(["ab", "cd", "ef", "g"], .event, min: 3) == ["abcd", "efg"])
        #expect(outputs(["one two", " three"], .event) == ["one two", " three"])
        #expect(outputs(["a", "b\n", "c"], .event, min: Int.max) == ["ab\nc"])
    }

    @Test("Units are gathered until there are enough characters")
    func minimum() {
        #expect(outputs(["I am a long", "er text"], .word, min: 6) == ["I am a", " longer", " text"])
        #expect(outputs(["abcdefgh"], .char, min: 3) == ["abc", "def", "gh"])
    }

    @Test("More than may be held goes out up to the last character, or as it is if that alone is too much")
    func bound() {
        let outputs = outputs(["abcdefgh", "ijk", "lm👍"], .word, maxHeld: 8)
        #expect(outputs == ["abcdefghij", "klm👍"])
        let marks = String(repeating: "\u{301}", count: 8)
        #expect(self.outputs(["e" + marks, marks, "x"], .word, maxHeld: 20).map(\.utf8.count) == [33, 1])
    }

    @Test("Every unit is counted, what is released early as one more")
    func counts() {
        var text = PacedText(PaceSettings(unit: .word, minCharacters: 5, maxDelay: 10))
        var counts: [Int] = []
        unsafe text.feed(Array("a b c d".utf8).span.bytes, at: 0) { _, units in counts.append(units) }
        #expect(text.due == 10)
        text.releaseAll { _, units in counts.append(units) }
        #expect(counts == [3, 1])
    }

    @Test("For any text, cut and setting: nothing lost, no character cut, no delay exceeded")
    func properties() {
        var random = SeededRandom(seed: 41)
        for _ in 0..<10_000 {
            let unit = PaceUnit.allCases[Int.random(in: PaceUnit.allCases.indices, using: &random)]
            let settings = PaceSettings(
                unit: unit, minCharacters: Int.random(in: 1...6, using: &random),
                maxDelay: [0, 5, 30, 1000][Int.random(in: 0..<4, using: &random)])
            let text = RandomText.text(&random, parts: Int.random(in: 0...30, using: &random))
            var time: Int64 = 0
            let pieces = RandomText.cut(text, &random, mean: 5).map {
                time += Int64.random(in: 0...20, using: &random)
                return PaceProperties.Piece(text: $0, time: time)
            }
            let fault = PaceProperties.broken(by: pieces, settings)
            #expect(fault == nil, "\(settings), \(pieces)")
            if fault != nil { return }
        }
    }

    @Test("Where a text is cut does not depend on how it came", arguments: [PaceUnit.char, .word, .line, .sentence])
    func sameCuts(unit: PaceUnit) {
        var random = SeededRandom(seed: 42)
        for _ in 0..<1_000 {
            let text = RandomText.text(&random, parts: 30)
            let pieces = RandomText.cut(text, &random, mean: 4)
            let min = Int.random(in: 1...4, using: &random)
            #expect(outputs(pieces, unit, min: min) == outputs([text], unit, min: min))
        }
    }
}
