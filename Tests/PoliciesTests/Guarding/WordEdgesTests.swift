import Testing

@testable import Policies

@Suite("Edges of words")
struct WordEdgesTests {
    @Test(
        "A word stands for itself between blanks, marks and the ends of the text",
        arguments: [
            ("|cat|", true), ("a |cat| sat", true), ("(|cat|)", true), ("«|кот|»", true), ("日本 |cat|。", true),
            ("con|cat|enate", false), ("|cat|s", false), ("|cat|é", false), ("é|cat|", false), ("_|cat|", false),
            ("|cat|٣", false), ("|na|\u{EF}ve", false), ("|cat|\u{301}", false), ("日|本|", false),
            ("x|-|y", true), ("a|.cat|", true),
        ])
    func edges(_ marked: String, _ isWord: Bool) {
        let parts = marked.split(separator: "|", omittingEmptySubsequences: false)
        let start = parts[0].utf8.count
        let text = Array(parts.joined().utf8)
        #expect(unsafe WordEdges.surround(start..<start + parts[1].utf8.count, in: text.span.bytes) == isWord)
    }
}
