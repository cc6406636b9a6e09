import Testing

@testable import Policies

@Suite("Expressions as trees")
struct PatternParserTests {
    @Test(
        "What can match the empty text is told from what cannot",
        arguments: [
            ("a*", true), ("a?|b", true), ("", true), ("^$", true), (#"\b"#, true), ("(a|b*)", true), ("(?i)", true),
            ("a{0,3}", true), ("(a*){2}", true), ("a|", true), (#"\Q\E"#, true),
            ("a+", false), ("(?:a|b)c*", false), ("^a", false), ("[^]a]", false), ("a{1,}?", false), ("{", false),
            (#"\x{41}*\pN"#, false), (#"(?P<n>x)y?"#, false), (#"\Q*\E"#, false), ("a{,2}", false),
        ])
    func emptiness(_ text: String, _ isEmpty: Bool) throws {
        #expect(try PatternParser.parse(text).matchesEmptyText == isEmpty)
    }

    @Test("Flags hold to the end of their group, over its branches, and are written at each character that they change")
    func flags() throws {
        #expect(try PatternParser.parse("a(?i)b1|c").source == "(?:(?:a(?i:b)1)|(?i:c))")
        #expect(try PatternParser.parse("(?:(?i)b)c").source == "(?:(?i:b)c)")
        #expect(try PatternParser.parse("(?i-s:.b)(?sm).^$").source == "(?:(?:.(?i:b))(?s:.)(?m:^)(?m:$))")
    }

    @Test("Classes, escapes and quoted runs are kept as they are")
    func characters() throws {
        let same = [#"[]\]a-z[:alpha:]]"#, #"\pL"#, #"\p{Greek}"#, #"\x{10FFFF}"#, #"\x7F"#, #"\123"#, #"\d"#, #"\n"#]
        for text in same { #expect(try PatternParser.parse(text) == .character(text)) }
        #expect(try PatternParser.parse(#"\Qa.b\Ec"#).source == #"(?:a\.bc)"#)
    }

    @Test("What a match may go on from is written with all that it needs")
    func beginnings() throws {
        #expect(try PatternParser.parse("abc").beginnings == "(?:(?:)|a(?:(?:)|b(?:)))")
        #expect(try PatternParser.parse("a{2,5}").beginnings == "(?:(?:a){0,4}(?:))")
        #expect(try PatternParser.parse("a*").beginnings == "(?:(?:a)*(?:))")
        #expect(try PatternParser.parse("a{0}").beginnings == #"[^\x00-\x{10FFFF}]"#)
    }

    @Test(
        "An expression that begins with one character is told from others",
        arguments: [
            ("sk-", true), ("(?i)ignore", true), (#"\.x"#, true), (#"\Q.x\E"#, true), ("é+x", false), ("日x", true),
            (".x", false), ("[a]x", false), (#"\dx"#, false), (#"\bx"#, false), ("a|b", false), ("a?b", false),
            ("(?i)secret", false), ("(?s).x", false),
        ])
    func literals(_ text: String, _ isLiteral: Bool) throws {
        #expect(try PatternParser.parse(text).beginsWithLiteral == isLiteral)
    }

    @Test("A single byte is no character")
    func bytes() {
        #expect(throws: PatternParser.Failure.matchesBytes) { try PatternParser.parse(#"a\C"#) }
    }
}
