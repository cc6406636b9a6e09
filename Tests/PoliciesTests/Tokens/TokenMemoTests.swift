import Testing

@testable import Policies

@Suite("Tokens: what was counted before")
struct TokenMemoTests {
    private func key(_ text: String) -> TokenMemo.Key { unsafe TokenMemo.Key(Array(text.utf8).span.bytes) }

    @Test("Nothing is known at first; what was counted is known, and nothing else")
    func known() {
        var memo = TokenMemo()
        #expect(memo[key("a")] == nil)
        memo[key("a")] = 1
        memo[key("")] = 0
        #expect(memo[key("a")] == 1)
        #expect(memo[key("")] == 0)
        #expect(memo[key("b")] == nil && memo[key("a\0")] == nil && memo[key("aa")] == nil)
    }

    @Test("Among more texts than there is room for, none is taken for another")
    func crowd() {
        var memo = TokenMemo()
        for number in 0..<40_000 { memo[key("text \(number)")] = number }
        let known = (0..<40_000).filter { memo[key("text \($0)")] != nil }
        #expect(known.allSatisfy { memo[key("text \($0)")] == $0 })
        // The last of all has pushed out whoever was in its place.
        #expect(known.last == 39_999 && known.count <= 16_384 && known.count > 8_000)
    }

    @Test("A counter says the same of a text again")
    func counter() {
        var counter = TokenCounter(estimatingFor: .o200k)
        let texts = ["", "hello", "Wie geht es dir?", "漢字かな", String(repeating: "let x = 1\n", count: 1000)]
        let first = texts.map { unsafe counter.tokens(in: Array($0.utf8).span.bytes) }
        let second = texts.map { unsafe counter.tokens(in: Array($0.utf8).span.bytes) }
        #expect(first == second)
        #expect(first[0] == 0 && first[4] > first[2] && first[2] > first[1])
    }
}
