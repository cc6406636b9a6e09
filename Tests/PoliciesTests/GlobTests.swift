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
