import Testing
import Upstreams

@Suite struct JSONChunkFactsTests {
    private let parser = JSONParser()

    private func facts(_ text: String) throws -> ChatChunkFacts {
        try parser.chunkFacts(Array(text.utf8))
    }

    @Test(arguments: [
        #"{"content":"a"}"#, #"{"refusal":"no"}"#, #"{"reasoning_content":"hm"}"#, #"{"reasoning":"hm"}"#,
        #"{"tool_calls":[{"index":0}]}"#, #"{"function_call":{"name":"f"}}"#, #"{"audio":{"id":"x"}}"#,
        #"{"role":"assistant","cont\u0065nt":" "}"#,
    ])
    func contentIsSeen(_ delta: String) throws {
        #expect(try facts(#"{"choices":[{"index":0},{"index":1,"delta":\#(delta)}]}"#).hasContent)
        #expect(try facts(#"{"choices":[{"message":\#(delta)}]}"#).hasContent)
    }

    @Test(arguments: [
        #"{}"#, #"{"role":"assistant"}"#, #"{"content":""}"#, #"{"content":null}"#, #"{"tool_calls":[]}"#,
        #"{"content":null,"function_call":null,"audio":{},"refusal":""}"#, #"{"other":"a"}"#, #"null"#, #""content""#,
    ])
    func emptyDeltasAreNoContent(_ delta: String) throws {
        #expect(try !facts(#"{"choices":[{"delta":\#(delta)}],"content":"x"}"#).hasContent)
    }

    @Test func textOfLegacyCompletionsIsContent() throws {
        #expect(try facts(#"{"choices":[{"text":"a"}]}"#).hasContent)
        #expect(try !facts(#"{"choices":[{"text":""}]}"#).hasContent)
    }

    @Test(arguments: [
        (#"{"error":{"message":"x"}}"#, true), (#"{"error":"x"}"#, true), (#"{"error":null}"#, false),
        (#"{"choices":[{"error":{}}]}"#, false), (#"{}"#, false), (#"["error",{"error":1}]"#, false),
    ])
    func errorsAreTopLevelAndNotNull(_ text: String, _ expected: Bool) throws {
        #expect(try facts(text).hasError == expected)
    }

    @Test(arguments: [
        (#"[]"#, 0, false), (#"[{}]"#, 1, false), (#"[{"finish_reason":null}]"#, 1, false),
        (#"[{"finish_reason":""}]"#, 1, false), (#"[{"finish_reason":null},{"finish_reason":"stop"}]"#, 2, true),
        (#"[[1],{"a":{"b":[]}},7]"#, 3, false), (#"{"finish_reason":"stop"}"#, 0, false), (#"null"#, 0, false),
    ])
    func choicesAreCounted(_ choices: String, _ count: Int, _ finished: Bool) throws {
        let facts = try facts(#"{"id":"x","choices":\#(choices),"z":1.5}"#)
        #expect(facts.choices == count)
        #expect(facts.hasFinishReason == finished)
    }

    @Test func usageIsRead() throws {
        let usage = try facts(
            #"{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46,"#
                + #""prompt_tokens_details":{"audio_tokens":1,"cached_tokens":8},"completion_tokens_details":{"cached_tokens":9}}}"#
        ).usage
        #expect(usage?.promptTokens == 12)
        #expect(usage?.completionTokens == 34)
        #expect(usage?.totalTokens == 46)
        #expect(usage?.cachedTokens == 8)
    }

    @Test func oddUsageCountsNothing() throws {
        #expect(try facts(#"{"usage":null}"#).usage == nil)
        #expect(try facts(#"{"usage":7}"#).usage == nil)
        let odd = try facts(
            #"{"usage":{"prompt_tokens":-1,"completion_tokens":1.5,"total_tokens":"9","prompt_tokens_details":null}}"#)
        #expect(odd.usage?.promptTokens == 0)
        #expect(odd.usage?.completionTokens == 0)
        #expect(odd.usage?.totalTokens == 0)
    }

    @Test(arguments: [
        ("2147483647", 2_147_483_647), ("2147483648", 2_147_483_647), ("9223372036854775807", 2_147_483_647),
        ("18446744073709551615", 2_147_483_647), ("18446744073709551616", 2_147_483_647),
        ("123456789012345678901234567890", 2_147_483_647), ("-18446744073709551616", 0), ("1e400", 0), ("-1e400", 0),
    ])
    func absurdCountsAreBounded(_ count: String, _ tokens: Int) throws {
        let usage = try facts(#"{"usage":{"prompt_tokens":\#(count),"total_tokens":7,"completion_tokens":\#(count)}}"#)
            .usage
        #expect(usage?.promptTokens == tokens)
        #expect(usage?.completionTokens == tokens)
        #expect(usage?.totalTokens == 7)
    }

    @Test func hugeNumbersHideNoFact() throws {
        let facts = try facts(
            #"{"created":1e400,"x":[1e400,"1e400"],"choices":[{"index":99999999999999999999,"delta":{"content":1e400}},{}],"#
                + #""seed":123456789012345678901234567890,"error":1e400,"usage":{"prompt_tokens":3}}"#)
        #expect(facts.isObject)
        #expect(facts.choices == 2)
        #expect(facts.hasContent)
        #expect(facts.hasError)
        #expect(facts.usage?.promptTokens == 3)
        #expect(throws: JSONError(.notJSON, offset: 10)) { try self.facts(#"{"a":1e400,"#.dropLast() + "]") }
    }

    @Test func whatIsNoObjectHasNoFacts() throws {
        for text in ["[]", "1", "\"[DONE]\"", "null"] {
            let facts = try facts(text)
            #expect(!facts.isObject)
            #expect(!facts.hasError)
        }
        #expect(throws: JSONError(.notJSON, offset: 1)) { try facts("[DONE]") }
        #expect(throws: JSONError(.empty)) { try facts("") }
    }
}
