import Testing

@testable import Gateway

private let call =
    #"{"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}","id":"fc_1","status":"completed"}"#
private let calls = #""tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]"#

/// What requests of the Responses API become in the canonical form.
struct ResponsesDecoderTests {
    @Test(
        arguments: [
            (#""hi""#, #"{"role":"user","content":"hi"}"#),
            (#"[{"role":"developer","content":"x"}]"#, #"{"role":"developer","content":"x"}"#),
            (
                #"[{"type":"message","role":"user","content":[{"type":"input_text","text":"Gr\u00fc\u00dfe"}]}]"#,
                #"{"role":"user","content":"Gr\u00fc\u00dfe"}"#
            ),
            (
                #"[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"u","#
                    + #""detail":"low"},{"type":"input_file","filename":"f","file_data":"d"}]}]"#,
                #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u","#
                    + #""detail":"low"}},{"type":"file","file":{"filename":"f","file_data":"d"}}]}"#
            ),
            (
                #"[{"role":"assistant","content":[{"type":"output_text","text":"a"},{"type":"refusal","refusal":"b"}]}]"#,
                #"{"role":"assistant","content":"a","refusal":"b"}"#
            ),
            (
                #"[{"type":"reasoning","id":"rs_1","summary":[]},\#(call),"#
                    + #"{"type":"function_call_output","call_id":"c1","output":"rain"}]"#,
                #"{"role":"assistant","content":null,\#(calls)},"#
                    + #"{"role":"tool","tool_call_id":"c1","content":"rain"}"#
            ),
            (
                #"[{"role":"assistant","content":"a"},\#(call),{"role":"assistant","content":"b"}]"#,
                #"{"role":"assistant","content":"a",\#(calls)},{"role":"assistant","content":"b"}"#
            ),
            (
                #"[{"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"a"},"#
                    + #"{"type":"input_text","text":"b"}]}]"#,
                #"{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"a"},"#
                    + #"{"type":"text","text":"b"}]}"#
            ),
        ] as [(String, String)])
    func `items are messages, and a turn of the assistant is one`(input: String, messages: String) throws {
        #expect(try ResponsesFixture.messages(input) == messages)
    }

    @Test func `instructions come first`() throws {
        #expect(
            try ResponsesFixture.messages(#""hi""#, #","instructions":"Be brief.""#)
                == #"{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}"#)
    }

    @Test(
        arguments: [
            (#""max_output_tokens":5"#, #""max_completion_tokens":5"#),
            (#""temperature":0.50,"top_p":1"#, #""temperature":0.50,"top_p":1"#),
            (#""reasoning":{"effort":"low","summary":"auto"}"#, #""reasoning_effort":"low""#),
            (
                #""text":{"format":{"type":"json_object"},"verbosity":"low"}"#,
                #""verbosity":"low","response_format":{"type":"json_object"}"#
            ),
            (
                #""text":{"format":{"type":"json_schema","name":"n","schema":{"a":1},"strict":true}}"#,
                #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"a":1},"strict":true}}"#
            ),
            (
                #""tools":[{"type":"function","name":"f","parameters":{},"strict":null}],"tool_choice":"required","#
                    + #""parallel_tool_calls":false"#,
                #""tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"tool_choice":"required","#
                    + #""parallel_tool_calls":false"#
            ),
            (
                #""tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"function","name":"f"}"#,
                #""tools":[{"type":"function","function":{"name":"f"}}],"#
                    + #""tool_choice":{"type":"function","function":{"name":"f"}}"#
            ),
            (
                #""user":"u","safety_identifier":"s","service_tier":"flex","prompt_cache_key":"k","x_own":[1, 2]"#,
                #""user":"u","safety_identifier":"s","service_tier":"flex","prompt_cache_key":"k","x_own":[1, 2]"#
            ),
            (
                #""user":null,"metadata":{"a":"b"},"store":true,"truncation":"auto","include":[],"background":false,"#
                    + #""previous_response_id":null,"top_logprobs":0"#, #""user":null"#
            ),
        ] as [(String, String)])
    func `settings have the names that chats have for them`(asked: String, written: String) throws {
        #expect(
            try ResponsesFixture.decoded(#""input":"hi",\#(asked)"#)
                == #"{"model":"m","messages":[{"role":"user","content":"hi"}],\#(written)}"#)
    }

    @Test func `a stream asks for its usage`() throws {
        #expect(
            try ResponsesFixture.decoded(#""input":"hi""#, isStream: true)
                .hasSuffix(#""stream":true,"stream_options":{"include_usage":true}}"#))
    }

    @Test(
        arguments: [
            (#""x":1"#, "input", "missing_required_parameter"), (#""input":[]"#, "input", "empty_array"),
            (#""input":1"#, "input", "invalid_type"),
            (#""input":"a","instructions":[]"#, "instructions", "invalid_type"),
            (#""input":["a"]"#, "input[0]", "invalid_type"),
            (#""input":[{"content":"a"}]"#, "input[0].role", "missing_required_parameter"),
            (#""input":[{"role":"tool","content":"a"}]"#, "input[0].role", "invalid_value"),
            (#""input":[{"role":"user"}]"#, "input[0].content", "missing_required_parameter"),
            (#""input":[{"type":"item_reference","id":"x"}]"#, "input[0].type", "unsupported_value"),
            (#""input":[{"type":"function_call","call_id":"c","name":"f"}]"#, "input[0].arguments", "invalid_type"),
            (#""input":[{"role":"user","content":[{"type":"hologram"},{}]}]"#, "input[0].content[0]", "invalid_value"),
            (
                #""input":[{"role":"system","content":[{"type":"input_image","image_url":"u"}]}]"#,
                "input[0].content[0]", "invalid_value"
            ),
            (
                #""input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]"#,
                "input[0].content[0].image_url", "unsupported_value"
            ),
            (
                #""input":[{"role":"user","content":[{"type":"input_file","file_url":"u"}]}]"#,
                "input[0].content[0].file_data", "unsupported_value"
            ),
            (
                #""input":"a","tools":[{"type":"function","name":"f"},{"type":"web_search"}]"#, "tools[1].type",
                "unsupported_value"
            ),
            (
                #""input":"a","tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"mcp"}"#,
                "tool_choice.type", "unsupported_value"
            ),
            (#""input":"a","text":{"format":{"type":"xml"}}"#, "text.format.type", "invalid_value"),
            (#""input":"a","max_output_tokens":0"#, "max_output_tokens", "invalid_type"),
            (#""input":"a","background":true"#, "background", "unsupported_parameter"),
            (#""input":"a","previous_response_id":"r""#, "previous_response_id", "unsupported_parameter"),
            (#""conversation":"c""#, "conversation", "unsupported_parameter"),
            (#""prompt":{"id":"p"}"#, "prompt", "unsupported_parameter"),
            (#""input":"a","top_logprobs":2"#, "top_logprobs", "unsupported_parameter"),
            (#""input":"a","include":["message.output_text.logprobs"]"#, "include", "unsupported_value"),
        ] as [(String, String, String)])
    func `what has no counterpart is refused by its name`(members: String, param: String, code: String) {
        let error = #expect(throws: APIError.self) { try ResponsesFixture.decoded(members) }
        #expect(error?.param == param && error?.code == code)
        #expect(error?.message.contains("'\(param)'") == true)
    }
}
