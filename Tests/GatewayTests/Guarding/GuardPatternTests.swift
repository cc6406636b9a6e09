import Policies
import Testing

@testable import Gateway

@Suite("What guards find")
struct GuardPatternTests {
    @Test(
        "Built-in patterns hide what they are for, and nothing else",
        arguments: [
            ("email", "write to ada.l+x@mail.example.co.uk.", "write to [email]."),
            ("email", "a@b, @handle, user@localhost, x@y.1", "a@b, @handle, user@localhost, x@y.1"),
            ("phone", "call +49 (0)30 1234-5678!", "call [phone]!"),
            ("phone", "(415) 555-2671 or 415-555-2671", "[phone] or [phone]"),
            ("phone", "1+1=2, 2024-01-02, 10.0.0.1, +1 2 3", "1+1=2, 2024-01-02, 10.0.0.1, +1 2 3"),
            ("card", "pay 4111 1111 1111 1111, now", "pay [card], now"),
            ("card", "3782-822463-10005 5555555555554444", "[card] [card]"),
            ("card", "id 4111 1111 1111 1112 1234567890123", "id 4111 1111 1111 1112 1234567890123"),
            ("card", "x4111111111111111 41111111111111110000000", "x4111111111111111 41111111111111110000000"),
            ("card", "4111 1111 1111 1111 123", "[card] 123"),
            ("api_key", "k=sk-proj-abcDEF0123456789_xyz-A;", "k=[key];"),
            ("api_key", "ghp_0123456789abcdefghijABCDEFGHIJ012345 AKIAIOSFODNN7EXAMPLE", "[key] [key]"),
            (
                "api_key", "sk-short, risk-averse-and-very-long-words, AKIAabc",
                "sk-short, risk-averse-and-very-long-words, AKIAabc"
            ),
        ])
    func builtIn(_ kind: String, _ text: String, _ expected: String) throws {
        let policy = try GuardFixture.policy(#""builtin": [{ "find": "\#(kind)" }]"#)
        #expect(try GuardFixture.apply(policy.rules, text) == expected)
        var random = GuardRandom(seed: 9)
        for _ in 0..<20 { #expect(try GuardFixture.stream(policy.rules, random.cut(text)).joined() == expected) }
    }

    @Test("Words are found whole, in any case, the longest first, also in other scripts")
    func words() throws {
        let policy = try GuardFixture.policy(
            #""words": [{ "list": ["new", "new york", "c++", "ärger", "東京"], "with": "*" }]"#)
        let text = "NEW York, news, new yorker; C++, c+++ Ärger ärgerlich (東京) 東京都"
        let expected = "*, news, * yorker; *, *+ * ärgerlich (*) 東京都"
        #expect(try GuardFixture.apply(policy.rules, text) == expected)
        var random = GuardRandom(seed: 3)
        for _ in 0..<50 { #expect(try GuardFixture.stream(policy.rules, random.cut(text)).joined() == expected) }
    }

    @Test(
        "The tree of an expression matches what the expression matches",
        arguments: [
            #"a(?i)b|c{2,3}"#, #"[[:digit:]x\]]+\Q.*\E?"#, #"(?P<n>\x61|\142)(?:\pN|\P{L})"#, #"(?s)a.b|(?m)^c$"#,
            #"\D\w\B|a\b"#,
        ])
    func tree(_ text: String) throws {
        let original = try RegularExpression(text)
        let rewritten = try RegularExpression(PatternParser.parse(text).source)
        var random = GuardRandom(seed: 11)
        for _ in 0..<500 {
            let sample = random.text(of: ["a", "b", "B", "c", "C", "1", "x", "]", ".", "*", "\n", " ", "é"], count: 4)
            let bytes = Array(sample.utf8)
            #expect(unsafe original.occurs(in: bytes.span.bytes) == rewritten.occurs(in: bytes.span.bytes), "\(sample)")
        }
    }

    /// Anything worse than linear would take hours here.
    @Test(
        "Hostile expressions on hostile texts take time in proportion to the text", .timeLimit(.minutes(1)),
        arguments: [
            "(a+)+$", "(a|aa)+b", "(.*)(.*)(.*)x", "a.*b|c",
        ])
    func linear(_ pattern: String) throws {
        let text = String(repeating: "a", count: 1_000_000) + "!"
        #expect(try GuardFixture.apply(try GuardFixture.rules([(pattern, "")]), text) == text)
    }

    @Test("A text with more places to look at than a guard takes is refused")
    func tooManyPlaces() throws {
        let rules = try GuardFixture.rules([("a.*b|a", "")])
        #expect(throws: GuardStop.tooManyPlaces) {
            try GuardFixture.apply(rules, String(repeating: "a", count: GuardStream.maxPlaces + 1))
        }
    }
}
