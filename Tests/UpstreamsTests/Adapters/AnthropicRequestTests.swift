import Testing

@testable import Upstreams

/// What is sent to the Messages API for a request: fields, head, and what is refused.
struct AnthropicRequestTests {
    static let hi = #""messages":[{"role":"user","content":"hi"}]"#

    /// The JSON of what is sent, member by member.
    private func sent(
        _ members: String, _ encoding: AnthropicUpstream.Encoding = .init(), isStream: Bool = false
    ) throws -> JSONValue {
        try ProviderFixture.anthropic(encoding).sent(#"{"model":"m",\#(Self.hi)\#(members)}"#, isStream: isStream)
    }

    @Test func `a plain request has model, bound and messages`() throws {
        let fixture = ProviderFixture.anthropic(betas: ["a-1", "b-2"])
        let request = try ChatRequest.make(
            #"{"model":"m",\#(Self.hi),"stream":true}"#,
            fields: [HTTPField("traceparent", "00-1"), HTTPField("openai-beta", "x")])
        try fixture.start(request, model: "claude-sonnet-4-5")
        let sent = try #require(fixture.transport.requests.last)
        #expect(sent.path == "/v1/messages")
        #expect(
            sent.body == #"{"model":"claude-sonnet-4-5","stream":true,"max_tokens":8192,"messages":"#
                + #"[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#)
        #expect(sent.values(of: "anthropic-version") == ["2023-06-01"])
        #expect(sent.values(of: "anthropic-beta") == ["a-1,b-2"])
        #expect(sent.values(of: "accept") == ["text/event-stream"])
        #expect(sent.values(of: "x-request-id") == ["req_1"])
        #expect(sent.values(of: "traceparent") == ["00-1"])
        #expect(sent.values(of: "openai-beta").isEmpty)
    }

    @Test func `the caller's key travels in the provider's own header`() throws {
        let fixture = ProviderFixture.anthropic {
            $0.passesCallerKey = true
            $0.keyHeader = .xAPIKey
        }
        try fixture.start(ChatRequest.make(#"{"model":"m",\#(Self.hi)}"#, callerKey: "sk-caller"))
        #expect(fixture.transport.requests.last?.values(of: "x-api-key") == ["sk-caller"])
        #expect(fixture.transport.requests.last?.values(of: "authorization") == [])
    }

    @Test(arguments: [
        (#","max_tokens":7"#, #""max_tokens":7"#), (#","max_tokens":7,"max_completion_tokens":9"#, #""max_tokens":9"#),
        (#","temperature":0.30"#, #""temperature":0.30"#), (#","temperature":1.7"#, #""temperature":1"#),
        (#","top_p":0.5"#, #""top_p":0.5"#), (#","top_k":40"#, #""top_k":40"#),
        (#","stop":"END""#, #""stop_sequences":["END"]"#), (#","stop":["a","b"]"#, #""stop_sequences":["a","b"]"#),
        (#","user":"u-1""#, #""metadata":{"user_id":"u-1"}"#),
        (#","safety_identifier":"s""#, #""metadata":{"user_id":"s"}"#),
        (#","service_tier":"default""#, #""service_tier":"standard_only""#),
        (#","service_tier":"auto""#, #""service_tier":"auto""#),
        (
            #","thinking":{"type":"enabled","budget_tokens":2000}"#,
            #""thinking":{"type":"enabled","budget_tokens":2000}"#
        ),
        (
            #","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}"#,
            #""output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}"#
        ),
        (
            #","response_format":{"type":"json_object"}"#,
            #""system":[{"type":"text","text":"Answer with one valid JSON object and nothing else."}]"#
        ),
    ])
    func `a field becomes its counterpart`(members: String, expected: String) throws {
        let text = try sent(members).withSource { $0.text }
        #expect(text.contains(expected), "\(text)")
    }

    @Test(arguments: [
        #","n":1,"logprobs":false,"top_logprobs":0,"logit_bias":{},"presence_penalty":0,"frequency_penalty":0.0"#,
        #","modalities":["text"],"audio":null,"functions":null,"seed":7,"store":true,"metadata":{"a":"b"}"#,
        #","prediction":{},"stream_options":{"include_usage":true},"verbosity":"low","prompt_cache_key":"k""#,
        #","x_unknown":{"deep":[1]},"response_format":{"type":"text"},"reasoning_effort":"none","user":null"#,
    ])
    func `what asks for nothing that matters is left out`(members: String) throws {
        #expect(try sent(members).members.map(\.key) == ["model", "max_tokens", "messages"])
    }

    @Test func `unknown fields pass where the configuration says so`() throws {
        let members = #","x_new":{"deep": [1.50]},"system":"mine","context_management":{"edits":[]}"#
        let root = try sent(members, .init(unknown: .pass))
        #expect(root["x_new"]?.withSource { $0.text } == #"{"deep": [1.50]}"#)
        #expect(root["context_management"] != nil)
        #expect(root["system"] == nil)
    }

    @Test(arguments: [
        (#","n":2"#, "n", "unsupported_parameter"), (#","logprobs":true"#, "logprobs", "unsupported_parameter"),
        (#","logit_bias":{"1":2}"#, "logit_bias", "unsupported_parameter"),
        (#","presence_penalty":0.5"#, "presence_penalty", "unsupported_parameter"),
        (#","modalities":["text","audio"]"#, "modalities", "unsupported_parameter"),
        (#","functions":[{"name":"f"}]"#, "functions", "unsupported_parameter"),
        (#","web_search_options":{}"#, "web_search_options", "unsupported_parameter"),
        (#","response_format":{"type":"grammar"}"#, "response_format", "unsupported_value"),
        (#","reasoning_effort":"huge""#, "reasoning_effort", "unsupported_value"),
        (#","max_tokens":"many""#, "max_tokens", "invalid_value"), (#","stop":5"#, "stop", "invalid_value"),
        (#","temperature":"hot""#, "temperature", "invalid_value"),
        (#","tools":[{"type":"web_search_20250305","name":"w"}]"#, "tools[0].type", "unsupported_value"),
        (
            #","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"maybe""#, "tool_choice",
            "unsupported_value"
        ),
    ])
    func `what the provider cannot be asked for is a bad request that names it`(
        members: String, param: String, code: String
    ) throws {
        let fixture = ProviderFixture.anthropic()
        try fixture.start(ChatRequest.make(#"{"model":"m",\#(Self.hi)\#(members)}"#))
        #expect(fixture.transport.requests.isEmpty)
        let error = try #require(fixture.sink.error)
        let answer = try #require(error.answer)
        #expect(error.cause == .status && answer.head.status == 400)
        let told = try JSONParser().parse(String(decoding: answer.body, as: UTF8.self)).root["error"]
        #expect(told?["param"]?.string == param)
        #expect(told?["code"]?.string == code)
        #expect(told?["type"]?.string == "invalid_request_error")
        fixture.expectNothingLeft()
    }

    @Test func `unsupported fields are dropped where the configuration says so`() throws {
        #expect(try sent(#","n":2,"logprobs":true"#, .init(unsupported: .drop)).members.map(\.key).count == 3)
    }

    // MARK: Thinking

    @Test(
        arguments: [
            ("low", nil, 1024, 9216), ("medium", nil, 8192, 16_384), ("high", nil, 24_576, 32_768),
            ("high", 10_000, 5000, 10_000), ("low", 2048, 1024, 2048), ("low", 2047, nil, 2047),
        ] as [(String, Int?, Int?, Int)])
    func `effort is a budget that leaves half of the tokens for the answer`(
        effort: String, most: Int?, budget: Int?, bound: Int
    ) throws {
        let named = most.map { #","max_completion_tokens":\#($0)"# } ?? ""
        let root = try sent(#","reasoning_effort":"\#(effort)""# + named)
        #expect(root["thinking"]?["budget_tokens"]?.int == budget)
        #expect(root["max_tokens"]?.int == bound)
    }

    @Test func `a model that thinks has no temperature`() throws {
        let root = try sent(#","reasoning_effort":"low","temperature":0.2,"top_k":5,"top_p":0.5"#)
        #expect(root.members.map(\.key) == ["model", "max_tokens", "thinking", "messages"])
        #expect(try sent(#","reasoning_effort":"low","top_p":0.97"#)["top_p"]?.double == 0.97)
    }

    @Test func `effort is the provider's own, or nothing, where the configuration says so`() throws {
        let adaptive = try sent(#","reasoning_effort":"xhigh""#, .init(reasoning: .adaptive))
        #expect(adaptive["thinking"]?["type"]?.string == "adaptive")
        #expect(adaptive["output_config"]?["effort"]?.string == "max")
        #expect(try sent(#","reasoning_effort":"high""#, .init(reasoning: .off)).count == 3)
    }

    @Test(arguments: [
        #","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required""#,
        #","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"f"}}"#,
    ])
    func `a forced tool is called without thinking`(members: String) throws {
        #expect(try sent(#","reasoning_effort":"low""# + members)["thinking"] == nil)
    }

    @Test(arguments: [("", false), (#","thinking_blocks":[{"type":"thinking","thinking":"t","signature":"s"}]"#, true)])
    func `after tool calls the model thinks on only if its thinking comes back`(blocks: String, thinks: Bool) throws {
        let call = #"{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}"#
        let root = try ProviderFixture.anthropic().sent(
            #"{"model":"m","reasoning_effort":"low","messages":[{"role":"user","content":"hi"},"#
                + #"{"role":"assistant","tool_calls":[\#(call)]\#(blocks)},"#
                + #"{"role":"tool","tool_call_id":"c","content":"r"}]}"#)
        #expect((root["thinking"] != nil) == thinks)
    }
}
