import Testing

@testable import Upstreams

/// What the echo model makes of a request.
struct EchoAnswerTests {
    private func answer(_ request: String, script: [EchoUpstream.Settings.Reply] = []) throws -> EchoAnswer {
        EchoAnswer(to: try JSONParser().parse(request).root, script: script)
    }

    private func text(_ request: String, script: [EchoUpstream.Settings.Reply] = []) throws -> String {
        try answer(request, script: script).pieces.joined()
    }

    @Test(arguments: [
        (#"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"}]}"#, "a"),
        (#"{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}"#, "b"),
        (#"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}"#, "a"),
        (#"{"messages":[{"role":"user","content":"a"},{"role":"tool","content":"18"}]}"#, "18"),
        (
            #"{"messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url"},{"text":"y"}]}]}"#,
            "x\ny"
        ),
        (#"{"messages":[{"role":"user","content":null}]}"#, ""), (#"{"messages":[]}"#, ""), (#"{"messages":"x"}"#, ""),
        ("{}", ""), (#"{"messages":[1,{"role":"user"}]}"#, ""),
    ])
    func `the last message of a user or a tool is said`(request: String, expected: String) throws {
        #expect(try text(request) == expected)
    }

    @Test func `the first reply of the script whose match is in the message is said`() throws {
        typealias Reply = EchoUpstream.Settings.Reply
        let script = [
            Reply(match: "weather", reply: "sunny"), Reply(match: "", reply: "else"), Reply(match: "x", reply: "y"),
        ]
        #expect(try text(#"{"messages":[{"role":"user","content":"the weather?"}]}"#, script: script) == "sunny")
        #expect(try text(#"{"messages":[{"role":"user","content":"x"}]}"#, script: script) == "else")
        #expect(try text(#"{"messages":[{"role":"user","content":"x"}]}"#, script: [script[0]]) == "x")
    }

    @Test(arguments: [
        (#""max_tokens":2"#, "a b ", "length"), (#""max_completion_tokens":1,"max_tokens":2"#, "a ", "length"),
        (#""max_tokens":3"#, "a b c", "stop"), (#""max_tokens":0"#, "", "length"), (#""max_tokens":-5"#, "", "length"),
        (#""max_tokens":null"#, "a b c", "stop"), (#""max_tokens":"2""#, "a b c", "stop"),
    ])
    func `the answer is cut at the tokens asked for`(members: String, text: String, reason: String) throws {
        let answer = try answer(#"{"messages":[{"role":"user","content":"a b c"}],\#(members)}"#)
        #expect(answer.pieces.joined() == text)
        #expect(answer.finishReason == reason)
        #expect(answer.completionTokens == answer.pieces.count)
    }

    @Test func `lines that call an offered tool become calls, others stay text`() throws {
        let content = #"before\ncall add {\"a\": 1}\ncall other {}\ncall now\n call add {}\nafter"#
        let tools = #"[{"type":"function","function":{"name":"add"}},{"function":{"name":"now"}}]"#
        let answer = try answer(#"{"messages":[{"role":"user","content":"\#(content)"}],"tools":\#(tools)}"#)
        #expect(answer.toolCalls.map(\.name) == ["add", "now", "add"])
        #expect(answer.toolCalls.map(\.arguments) == [#"{"a": 1}"#, "{}", "{}"])
        #expect(answer.pieces.joined() == "before\ncall other {}\nafter")
        #expect(answer.finishReason == "tool_calls")
    }

    @Test func `without tools nothing is called`() throws {
        let answer = try answer(#"{"messages":[{"role":"user","content":"call add {}"}]}"#)
        #expect(answer.toolCalls.isEmpty)
        #expect(answer.pieces.joined() == "call add {}")
        #expect(answer.finishReason == "stop")
    }

    @Test(arguments: [("1", 1), ("3", 3), ("0", 1), ("-1", 1), ("1000", 128), ("null", 1), (#""2""#, 1)])
    func `as many answers are given as asked for, within reason`(n: String, choices: Int) throws {
        #expect(try answer(#"{"messages":[],"n":\#(n)}"#).choices == choices)
    }

    @Test func `tokens are words, at least one for each message`() throws {
        let request = #"{"messages":[{"role":"system","content":""},{"role":"user","content":"one two"}]}"#
        #expect(try answer(request).promptTokens == 3)
    }
}
