import Testing
import Upstreams

@testable import Gateway

/// What requests of the Messages API become in the canonical form.
struct MessagesDecoderTests {
    @Test func `plain text and settings keep their meaning`() throws {
        let body = try MessagesFixture.decoded(
            #"{"model":"m","max_tokens":64,"system":"Be \"brief\".","messages":[{"role":"user","content":"a"},"#
                + #"{"role":"assistant","content":"b"}],"temperature":0.50,"top_p":0.9,"top_k":5,"#
                + #""stop_sequences":["\n\nHuman"],"metadata":{"user_id":"u"},"service_tier":"standard_only","stream":true}"#,
            isStream: true)
        #expect(
            body
                == #"{"model":"m","messages":[{"role":"system","content":"Be \"brief\"."},{"role":"user","content":"a"},"#
                + #"{"role":"assistant","content":"b"}],"stream":true,"stream_options":{"include_usage":true},"#
                + #""max_completion_tokens":64,"temperature":0.50,"top_p":0.9,"top_k":5,"stop":["\n\nHuman"],"#
                + #""user":"u","service_tier":"default"}"#)
    }

    @Test func `marks of the cache stay where they are`() throws {
        let mark = #""cache_control":{"type":"ephemeral"}"#
        let text = try MessagesFixture.messages(
            #"{"role":"user","content":[{"type":"text","text":"a",\#(mark)},{"type":"text","text":"b"}]}"#,
            #","system":[{"type":"text","text":"s",\#(mark)}]"#)
        #expect(
            text == #"{"role":"system","content":[{"type":"text","text":"s",\#(mark)}]},"#
                + #"{"role":"user","content":[{"type":"text","text":"a",\#(mark)},{"type":"text","text":"b"}]}"#)
    }

    @Test(arguments: [
        (
            #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}"#,
            #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}}"#
        ),
        (
            #"{"type":"image","source":{"type":"url","url":"https://a.example/b.png"}}"#,
            #"{"type":"image_url","image_url":{"url":"https://a.example/b.png"}}"#
        ),
        (
            #"{"type":"document","title":"t.pdf","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"}}"#,
            #"{"type":"file","file":{"filename":"t.pdf","file_data":"data:application/pdf;base64,JVBE"}}"#
        ),
        (
            #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}}"#,
            #"{"type":"text","text":"words"}"#
        ),
        (
            #"{"type":"document","source":{"type":"content","content":[{"type":"text","text":"c"}]}}"#,
            #"{"type":"text","text":"c"}"#
        ),
    ])
    func `images and documents become parts`(block: String, part: String) throws {
        let text = try MessagesFixture.messages(#"{"role":"user","content":[\#(block)]}"#)
        #expect(text == #"{"role":"user","content":[\#(part)]}"#)
    }

    @Test func `calls and their results become messages of their own`() throws {
        let text = try MessagesFixture.messages(
            #"{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},"#
                + #"{"type":"thinking","thinking":"u","signature":""},{"type":"text","text":"I look."},"#
                + #"{"type":"tool_use","id":"c1","name":"look","input":{"at": "it"}},"#
                + #"{"type":"tool_use","id":"c2","name":"now","input":{}}]},"#
                + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"r"},"#
                + #"{"type":"image","source":{"type":"url","url":"u"}}]},"#
                + #"{"type":"tool_result","tool_use_id":"c2","content":"broken","is_error":true},"#
                + #"{"type":"text","text":"And?"}]}"#)
        #expect(
            text == #"{"role":"assistant","content":"I look.","#
                + #""thinking_blocks":[{"type":"thinking","thinking":"t","signature":"s"}],"#
                + #""tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\": \"it\"}"}},"#
                + #"{"id":"c2","type":"function","function":{"name":"now","arguments":"{}"}}]},"#
                + #"{"role":"tool","tool_call_id":"c1","content":"r"},"#
                + #"{"role":"tool","tool_call_id":"c2","content":"broken","is_error":true},"#
                + #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"And?"}]}"#
        )
    }

    @Test(arguments: [
        (#"{"type":"auto"}"#, #""tool_choice":"auto""#),
        (#"{"type":"any","disable_parallel_tool_use":true}"#, #""tool_choice":"required","parallel_tool_calls":false"#),
        (#"{"type":"none"}"#, #""tool_choice":"none""#),
        (#"{"type":"tool","name":"f"}"#, #""tool_choice":{"type":"function","function":{"name":"f"}}"#),
    ])
    func `tools and their choice are functions`(choice: String, told: String) throws {
        let body = try MessagesFixture.decoded(
            #"{"model":"m","messages":[{"role":"user","content":"a"}],"#
                + #""tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"type":"custom"}],"#
                + #""tool_choice":\#(choice)}"#)
        #expect(
            body == #"{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","#
                + #""function":{"name":"f","description":"d","parameters":{"type":"object"}}}],\#(told)}"#)
    }

    @Test(arguments: [
        (
            #""thinking":{"type":"enabled","budget_tokens":2048}"#,
            #""thinking":{"type":"enabled","budget_tokens":2048},"reasoning_effort":"low""#
        ),
        (#""thinking":{"type":"disabled"}"#, #""thinking":{"type":"disabled"}"#),
        (
            #""thinking":{"type":"adaptive"},"output_config":{"effort":"max"}"#,
            #""thinking":{"type":"adaptive"},"reasoning_effort":"high""#
        ),
        (
            #""output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}"#,
            #""response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"},"strict":true}}"#
        ),
        (#""context_management":{},"x_unknown":[1.0]"#, #""x_unknown":[1.0]"#),
    ])
    func `thinking, forms of answers and unknown members find their way`(members: String, told: String) throws {
        let head = #"{"model":"m","messages":[{"role":"user","content":"a"}],"#
        #expect(try MessagesFixture.decoded("\(head)\(members)}") == "\(head)\(told)}")
    }

    @Test func `a user's name above 64 bytes becomes its digest`() throws {
        func user(_ name: String) throws -> String? {
            let metadata = #""metadata":{"user_id":"\#(name)"}"#
            let body = try MessagesFixture.decoded(
                #"{"model":"m","messages":[{"role":"user","content":"a"}],\#(metadata)}"#)
            return try MessagesFixture.parse(body)["user"]?.string
        }
        let (longest, longer) = (String(repeating: "u", count: 64), String(repeating: "u", count: 65))
        #expect(try user(longest) == longest)
        #expect(try user(longer) == SHA256.hash(Array(longer.utf8)).hexadecimal)
    }

    @Test(arguments: [
        (#""messages":[]"#, "messages"),
        (#""messages":[{"role":"system","content":"a"}]"#, "messages.0.role"),
        (#""messages":[{"role":"user"}]"#, "messages.0.content"),
        (#""messages":[{"role":"user","content":[{"type":"hologram"}]}]"#, "messages.0.content.0"),
        (#""messages":[{"role":"user","content":[{"type":"tool_result"}]}]"#, "messages.0.content.0.tool_use_id"),
        (
            #""messages":[{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}]"#,
            "messages.0.content.0.source"
        ),
        (#""messages":[{"role":"assistant","content":[{"type":"server_tool_use"}]}]"#, "messages.0.content.0"),
        (#""messages":[{"role":"user","content":"a"}],"max_tokens":0"#, "max_tokens"),
        (#""messages":[{"role":"user","content":"a"}],"temperature":"hot""#, "temperature"),
        (#""messages":[{"role":"user","content":"a"}],"stop_sequences":[1]"#, "stop_sequences"),
        (#""messages":[{"role":"user","content":"a"}],"tools":[{"type":"web_search_20250305"}]"#, "tools.0.type"),
        (#""messages":[{"role":"user","content":"a"}],"mcp_servers":[{}]"#, "mcp_servers"),
    ])
    func `what cannot be asked for is refused by its name`(members: String, param: String) throws {
        let error = try #require(throws: APIError.self) { try MessagesFixture.decoded(#"{"model":"m",\#(members)}"#) }
        #expect(error.param == param && error.status == .badRequest && error.message.hasPrefix(param))
    }
}
