import Policies
import Testing
import Upstreams

@testable import Gateway

@Suite("Tokens: what was counted before")
struct TokenMemoTests {
    private func key(_ text: String, _ memo: TokenMemo) -> TokenMemo.Key {
        unsafe memo.key(Array(text.utf8).span.bytes)
    }

    @Test("Nothing is known at first; what was counted is known, and nothing else")
    func known() {
        var memo = TokenMemo()
        #expect(memo[key("a", memo)] == nil)
        memo[key("a", memo)] = 1
        memo[key("", memo)] = 0
        #expect(memo[key("a", memo)] == 1)
        #expect(memo[key("", memo)] == 0)
        #expect(memo[key("b", memo)] == nil && memo[key("a\0", memo)] == nil && memo[key("aa", memo)] == nil)
    }

    @Test("Among more texts than there is room for, none is taken for another")
    func crowd() {
        var memo = TokenMemo()
        for number in 0..<40_000 { memo[key("text \(number)", memo)] = number }
        let known = (0..<40_000).filter { memo[key("text \($0)", memo)] != nil }
        #expect(known.allSatisfy { memo[key("text \($0)", memo)] == $0 })
        // The last of all has pushed out whoever was in its place.
        #expect(known.last == 39_999 && known.count <= 16_384 && known.count > 8_000)
    }

    @Test("A prompt has as many tokens when it is counted again, and with another text in it others")
    func prompts() throws {
        var tokens = PromptTokens.forLimits
        func count(_ text: String) throws -> Int {
            let body = #"{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"\#(text)"}]}"#
            return tokens.prompt(try JSONParser().parse(text: body).root)
        }
        let first = try count("hello")
        #expect(try count("hello") == first)
        #expect(try count("hello, and a good deal more than that") > first)
        #expect(try count("hello") == first)
        var others = PromptTokens.forLimits
        let fresh = others.prompt(
            try JSONParser().parse(
                text: #"{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"hello"}]}"#
            ).root)
        #expect(fresh == first)
    }
}
