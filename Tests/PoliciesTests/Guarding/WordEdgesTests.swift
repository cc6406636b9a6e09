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
        let parts = Array(marked.utf8).split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        let range = parts[0].count..<parts[0].count + parts[1].count
        #expect(unsafe WordEdges.surround(range, in: Array(parts.joined()).span.bytes) == isWord)
    }
}
