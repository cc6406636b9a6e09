import Testing

@testable import Policies

/// Patterns with stars.
struct GlobTests {
    @Test(arguments: [
        ("gpt-4", "gpt-4", true), ("gpt-4", "gpt-4o", false), ("gpt-4", "gpt-", false), ("", "", true),
        ("", "a", false), ("*", "", true), ("*", "anything", true), ("**", "", true), ("gpt-*", "gpt-", true),
        ("gpt-*", "gpt-4o", true), ("gpt-*", "gp-4", false), ("*-mini", "gpt-mini", true), ("*-mini", "-mini", true),
        ("*-mini", "mini", false), ("a*b*c", "abc", true), ("a*b*c", "axxbyyc", true), ("a*b*c", "abcb", false),
        ("a*b*c", "acb", false), ("*ab*", "aab", true), ("*aab", "aaab", true), ("a?c", "abc", false),
        ("[a]", "a", false), ("a.c", "abc", false), ("\u{E9}*", "\u{E9}t\u{E9}", true),
        ("*\u{E9}", "\u{65}\u{301}", false), ("\u{E9}", "\u{65}\u{301}", false),
    ])
    func `a star is any run, all else is itself, byte by byte`(pattern: String, text: String, fits: Bool) {
        #expect(Glob(pattern).matches(text) == fits)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `matching agrees with the plain recursive definition`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let pattern = random.text(of: "ab*", atMost: 8)
            let text = random.text(of: "ab", atMost: 10)
            #expect(Glob(pattern).matches(text) == reference(pattern[...], text[...]), "\(pattern) on \(text)")
        }
    }

    @Test func `a hostile pattern takes no exponential time`() {
        let pattern = String(repeating: "*a", count: 200) + "b"
        let took = ContinuousClock().measure {
            #expect(!Glob(pattern).matches(String(repeating: "a", count: 5000)))
        }
        #expect(took < .seconds(5))
    }

    @Test(arguments: [
        ("", "", true), ("", "*", true), ("a", "", false), ("gpt-*", "gpt-4", true), ("gpt-4", "gpt-*", true),
        ("gpt-*", "*-mini", true), ("a*", "b*", false), ("*a", "*b", false), ("a*c", "ab*", true), ("ab*", "a*b", true),
        ("abc", "a*bc*d", false), ("*", "**", true), ("*a*", "b", false),
    ])
    func `patterns overlap if some text fits both`(one: String, other: String, overlap: Bool) {
        #expect(Glob(one).overlaps(Glob(other)) == overlap)
        #expect(Glob(other).overlaps(Glob(one)) == overlap)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `what fits both patterns proves that they overlap`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let texts = (0..<64).map { number in
            String((0..<6).map { number >> $0 & 1 == 0 ? "a" : "b" }.prefix(number % 7))
        }
        for _ in 0..<100 {
            let (one, other) = (Glob(random.text(of: "ab*", atMost: 5)), Glob(random.text(of: "ab*", atMost: 5)))
            if texts.contains(where: { one.matches($0) && other.matches($0) }) {
                #expect(one.overlaps(other), "\(one.pattern) and \(other.pattern)")
            }
            if other.isExact { #expect(one.overlaps(other) == one.matches(other.pattern)) }
        }
    }

    @Test func `only a pattern without stars is exact`() {
        #expect(Glob("gpt-4").isExact)
        #expect(Glob("").isExact)
        #expect(!Glob("gpt-*").isExact)
    }

    private func reference(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return reference(pattern.dropFirst(), text) || (!text.isEmpty && reference(pattern, text.dropFirst()))
        }
        return text.first == first && reference(pattern.dropFirst(), text.dropFirst())
    }
}
