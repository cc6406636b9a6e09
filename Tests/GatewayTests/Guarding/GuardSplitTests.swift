import Policies
import Testing

@testable import Gateway

/// Where a text is cut must not matter.
@Suite("Guards over pieces of a text")
struct GuardSplitTests {
    /// Rules, and pieces of which texts are made that match, nearly match and overlap.
    static let sets: [(rules: [(pattern: String, with: String)], pieces: [String])] = [
        ([("sk-[A-Za-z0-9]{5,}", "[key]")], ["sk-", "s", "k", "-", "abc", "12", " ", "é", "sk-sk-", "日"]),
        ([("foo|foobar", "1"), ("bar", "2"), ("o+b", "3")], ["f", "o", "oo", "b", "a", "r", "foobar", " "]),
        ([(#"\bcat\b"#, "dog"), (#"cats?\B"#, "!")], ["c", "at", "cat", "s", " ", "é", ".", "cats"]),
        ([("(?i)straße[^x]{0,3}x", "S")], ["Straße", "STRASSE", "ße", "stra", "x", "y", "🚀", " "]),
        ([("(?m)^> .*$", "quote"), (#"\A."#, "A"), ("end$", "E")], ["> ", ">", "a", "\n", "end", "en", "d"]),
        ([(#"a[^b]*b|a"#, "<>")], ["a", "aa", "c", "cc", "b", "é"]),
        ([("(?:ab|ba){2,3}(?:c|$)", "x"), ("(?s)a.b", "y")], ["a", "b", "ab", "ba", "c", "\n"]),
        ([(#"[^\x00-\x7F]+!"#, "."), (#"\pL{2}\d"#, "#")], ["é", "日", "🚀", "!", "7", "a", "b"]),
    ]

    @Test("The output is that of the plainest search of the whole text, for any cut", arguments: sets.indices)
    func invariance(_ set: Int) throws {
        let (redact, pieces) = Self.sets[set]
        let rules = try GuardFixture.rules(redact)
        var random = GuardRandom(seed: UInt64(set + 1))
        for _ in 0..<300 {
            let text = random.text(of: pieces, count: random.below(40))
            let expected = try GuardFixture.reference(redact, text, bound: 512)
            #expect(try GuardFixture.apply(rules, text) == expected)
            let cut = random.cut(text)
            #expect(try GuardFixture.stream(rules, cut).joined() == expected, "\(cut)")
        }
    }

    @Test("It is so, too, when matches are longer than what may be held back", arguments: sets.indices)
    func smallBound(_ set: Int) throws {
        let (redact, pieces) = Self.sets[set]
        let rules = try GuardFixture.rules(redact, bound: 6)
        var random = GuardRandom(seed: UInt64(set + 100))
        for _ in 0..<300 {
            let text = random.text(of: pieces, count: random.below(60))
            let expected = try GuardFixture.reference(redact, text, bound: 6)
            #expect(try GuardFixture.apply(rules, text) == expected)
            let cut = random.cut(text)
            #expect(try GuardFixture.stream(rules, cut).joined() == expected, "\(cut)")
        }
    }

    @Test("No more than what may begin a match waits")
    func holdsLittle() throws {
        let rules = try GuardFixture.rules([("sk-[0-9]{3}", "[key]"), ("secret", "*")])
        let outputs = try GuardFixture.stream(
            rules, ["plain s", "k", "-12", "x s", "e", "c", "ond", " sk-1", "23", "!"])
        #expect(outputs == ["plain ", "", "", "sk-12x ", "", "", "second", " ", "[key]", "!"])
    }

    @Test("A match without end is held back no further than the bound")
    func boundedHold() throws {
        let rules = try GuardFixture.rules([("<.*>", "tag")], bound: 32)
        var stream = rules.makeStream()
        var output: [UInt8] = []
        for count in 1...200 {
            unsafe try stream.feed(
                [count == 1 ? UInt8(ascii: "<") : UInt8(ascii: "a")].span.bytes, isLast: false, into: &output)
            #expect(output.count >= count - 33)
        }
        #expect(output.count >= 167)
    }

    @Test("What is forbidden stops the text, even inside of what is hidden, and before any of it is out")
    func denial() throws {
        let policy = try GuardFixture.policy(
            #""deny": [{ "pattern": "evil\\b", "message": "no" }], "redact": [{ "pattern": "d.*l", "with": "" }]"#)
        var random = GuardRandom(seed: 5)
        for text in ["a devil here", "evil", "abc evil!", "medieval evil"] {
            for _ in 0..<20 {
                var stream = policy.rules.makeStream()
                var output: [UInt8] = []
                #expect(throws: (any Error).self) {
                    for piece in random.cut(text) {
                        unsafe try stream.feed(Array(piece.utf8).span.bytes, isLast: false, into: &output)
                    }
                    unsafe try stream.feed([UInt8]().span.bytes, isLast: true, into: &output)
                }
                #expect(!String(decoding: output, as: UTF8.self).contains("evil"))
            }
        }
        #expect(try GuardFixture.apply(policy.rules, "evils") == "evils")
    }
}
