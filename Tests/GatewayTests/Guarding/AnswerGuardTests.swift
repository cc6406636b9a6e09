import Policies
import Testing
import Upstreams

@testable import Gateway

@Suite("Guards on answers")
struct AnswerGuardTests {
    private func event(_ content: String, index: Int = 0, more: String = "") -> String {
        #"{"id":"c1","model":"m","choices":[{"index":\#(index),"delta":{"content":"\#(content)"}\#(more)}]}"#
    }

    private let finish = #"{"id":"c1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
    private let keys = #""redact": [{ "pattern": "sk-[0-9]{3}", "with": "[key]" }]"#

    /// The contents of a choice, put together.
    private func text(_ events: [String], index: Int = 0) throws -> String {
        try events.map { event in
            let choices = try GuardFixture.parse(event).root["choices"]
            return choices?.elements.filter { $0["index"]?.int == index }
                .compactMap { $0["delta"]?["content"]?.string }.joined() ?? ""
        }.joined()
    }

    @Test("Events without a match go on byte for byte, whatever they hold")
    func untouched() throws {
        let events = [
            #"{ "choices":[{"index":0,"delta":{"role":"assistant","content":""}}], "x":1.50 }"#, event("hello "),
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"sk-123"}}]}}]}"#,
            #"{"choices":[],"usage":{"total_tokens":3}}"#, event(#"\u00e9 \n"#, more: #","logprobs":{"content":[]}"#),
            finish, "[]",
        ]
        let result = GuardFixture.answer([try GuardFixture.policy(keys)], events)
        #expect(result.events == events)
    }

    @Test("A match across events is replaced, and only its strings change")
    func acrossEvents() throws {
        let events = [
            event("my s"), event("k-1"), event("2", more: #","logprobs":{"content":[1]}"#), event("3!"), finish,
        ]
        let result = GuardFixture.answer([try GuardFixture.policy(keys)], events)
        #expect(
            result.events == [
                event("my "), event(""), event("", more: #","logprobs":null"#), event("[key]!"), finish,
            ])
    }

    @Test("Text that waits goes out in an event of its own before the end of its choice")
    func flushedAtFinish() throws {
        let result = GuardFixture.answer([try GuardFixture.policy(keys)], [event(#"a\n sk-12"#), finish])
        let own = #"{"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"sk-12"},"logprobs":null,"#
        #expect(result.events == [event(#"a\n "#), own + #""finish_reason":null}]}"#, finish])
        let unfinished = GuardFixture.answer([try GuardFixture.policy(keys)], [event("sk-1")])
        #expect(try text(unfinished.events) == "sk-1")
    }

    @Test("Each choice is a text of its own")
    func choices() throws {
        let events = [event("sk-1"), event("sk-7", index: 1), event("23"), event("89", index: 1)]
        let result = GuardFixture.answer([try GuardFixture.policy(keys)], events)
        #expect(try text(result.events) == "[key]" && text(result.events, index: 1) == "[key]")
    }

    @Test("What is forbidden ends the answer, and none of it is out")
    func denial() throws {
        let policy = try GuardFixture.policy(#""deny": [{ "pattern": "secret plan", "message": "no" }]"#)
        let result = GuardFixture.answer([policy], [event("the se"), event("cret pl"), event("an"), finish])
        #expect(result.refusal == Refusal(.invalid(code: "content_policy_violation"), "no"))
        #expect(try text(result.events) == "the ")
    }

    @Test("An answer that grows too long ends")
    func tooLong() throws {
        let policy = try GuardFixture.policy(#""max_answer_chars": 5"#)
        #expect(GuardFixture.answer([policy], [event("日本語"), event("ab"), finish]).refusal == nil)
        let result = GuardFixture.answer([policy], [event("日本語"), event("abc"), finish])
        #expect(result.events == [event("日本語")])
        #expect(result.refusal?.message == "The answer is longer than the 5 characters that are allowed here.")
    }

    @Test("In shadow mode all is counted and nothing changed")
    func shadow() throws {
        let policy = try GuardFixture.policy(
            keys + #", "deny": [{ "pattern": "plan" }], "max_answer_chars": 30"#, isShadow: true)
        let events = [event("sk-1"), event("23 sk-999 "), event("plan"), event("sk-123"), finish]
        let result = GuardFixture.answer([policy], events)
        #expect(result.events == events && result.refusal == nil)
        guard let answer = AnswerGuard([policy], parser: JSONParser()) else { return #expect(Bool(false)) }
        for event in events { unsafe try answer.event(Array(event.utf8).span.bytes) { _ in } }
        #expect(answer.findings.first?.redactions == 2)
        #expect(answer.findings.first?.refusal?.message == GuardRule.defaultMessage)
    }

    @Test("Policies act in their order, whatever the cut")
    func order() throws {
        let policies = [
            try GuardFixture.policy(#""redact": [{ "pattern": "ab", "with": "xy" }]"#),
            try GuardFixture.policy(#""redact": [{ "pattern": "yc", "with": "!" }]"#),
        ]
        var random = GuardRandom(seed: 4)
        for _ in 0..<50 {
            let events = random.cut("aabcab abca").map { event($0) } + [finish]
            #expect(try text(GuardFixture.answer(policies, events).events) == "ax!xy x!a")
        }
    }

    @Test("A whole answer has its texts replaced, or is refused")
    func whole() throws {
        let answer =
            #"{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"sk-123 ok"},"logprobs":{}}]}"#
        let expected = answer.replacing("sk-123", with: "[key]").replacing("{}", with: "null")
        var sent: [String] = []
        let redact = AnswerGuard([try GuardFixture.policy(keys)], parser: JSONParser())
        unsafe try redact?.whole(Array(answer.utf8).span.bytes) {
            sent.append(String(decoding: $0.copy(), as: UTF8.self))
        }
        #expect(sent == [expected])
        let deny = AnswerGuard([try GuardFixture.policy(#""deny": [{ "pattern": "ok" }]"#)], parser: JSONParser())
        #expect(throws: Refusal.self) {
            unsafe try deny?.whole(Array(answer.utf8).span.bytes) { _ in sent.append("more") }
        }
        #expect(sent.count == 1)
    }

    @Test("Without a policy for answers there is no guard")
    func none() throws {
        let requestsOnly = try GuardFixture.policy(#""on": ["request"], "builtin": [{ "find": "email" }]"#)
        #expect(AnswerGuard([requestsOnly], parser: JSONParser()) == nil)
        #expect(AnswerGuard([], parser: JSONParser()) == nil)
    }
}
