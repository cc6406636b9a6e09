import Testing

@testable import Upstreams

/// What messages and tools become at the Messages API.
struct AnthropicMessagesTests {
    private func sent(
        messages: String, _ members: String = "", _ encoding: AnthropicUpstream.Encoding = .init()
    ) throws -> JSONValue {
        try ProviderFixture.anthropic(encoding).sent(#"{"model":"m","messages":[\#(messages)]\#(members)}"#)
    }

    private func expect(
        _ key: StaticString, _ json: String, in root: JSONValue, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(root[key]?.withSource { $0.text } == json, sourceLocation: location)
    }

    @Test func `instructions go to the front, wherever they stand`() throws {
        let root = try sent(
            messages: #"{"role":"system","content":"Be \"brief\"."},{"role":"user","content":"a"},"#
                + #"{"role":"developer","content":[{"type":"text","text":"Kind.","cache_control":{"type":"ephemeral"}}]}"#
        )
        expect(
            "system",
            #"[{"type":"text","text":"Be \"brief\"."},"#
                + #"{"type":"text","text":"Kind.","cache_control":{"type":"ephemeral"}}]"#, in: root)
        expect("messages", #"[{"role":"user","content":[{"type":"text","text":"a"}]}]"#, in: root)
    }

    @Test func `messages of one side in a row are one turn, and empty ones none`() throws {
        let root = try sent(
            messages: #"{"role":"user","content":"a"},{"role":"assistant","content":""},"#
                + #"{"role":"user","content":"b","cache_control":{"type":"ephemeral","ttl":"1h"}},"#
                + #"{"role":"assistant","content":"c"},{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]},"#
                + #"{"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"d"}]}"#)
        #expect(
            root["messages"]?.elements.map { $0["role"]?.string }
                == ["user", "user", "assistant", "user"])
        #expect(root["messages"]?.elements.map { $0["content"]?.count } == [1, 1, 2, 1])
    }

    @Test func `blanks at the end of a last answer are cut`() throws {
        let root = try sent(messages: #"{"role":"user","content":"a"},{"role":"assistant","content":"It is \n"}"#)
        #expect(
            root["messages"]?.elements.map { $0 }.last?["content"]?.elements.first { _ in true }?["text"]?.string
                == "It is")
    }

    @Test(arguments: [
        (
            #"{"type":"image_url","image_url":{"url":"data:image/PNG;base64,iVBORw0=","detail":"low"}}"#,
            #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0="}}"#
        ),
        (
            #"{"type":"image_url","image_url":{"url":"https://a.example/b.jpg"},"cache_control":{"type":"ephemeral"}}"#,
            #"{"type":"image","source":{"type":"url","url":"https://a.example/b.jpg"},"cache_control":{"type":"ephemeral"}}"#
        ),
        (
            #"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;name=a;base64,JVBERi0="}}"#,
            #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"title":"a.pdf"}"#
        ),
        (
            #"{"type":"file","file":{"file_id":"file_1"}}"#,
            #"{"type":"document","source":{"type":"file","file_id":"file_1"}}"#
        ),
    ])
    func `images and files become blocks`(part: String, block: String) throws {
        let root = try sent(messages: #"{"role":"user","content":[\#(part)]}"#)
        expect("messages", #"[{"role":"user","content":[\#(block)]}]"#, in: root)
    }

    @Test(arguments: [
        (#"{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}"#, "messages[0].content[0].type"),
        (#"{"role":"user","content":[{"type":"hologram"}]}"#, "messages[0].content[0].type"),
        (#"{"role":"user","content":[{"text":"x"}]}"#, "messages[0].content[0].type"),
        (#"{"role":"user","content":[{"type":"image_url","image_url":{}}]}"#, "messages[0].content[0].image_url.url"),
        (
            #"{"role":"user","content":[{"type":"file","file":{"file_data":"data:text/csv;base64,YQ=="}}]}"#,
            "messages[0].content[0].file"
        ),
        (#"{"role":"user","content":5}"#, "messages[0].content"),
        (#"{"role":"function","name":"f","content":"x"}"#, "messages[0].role"),
        (#"{"role":"tool","content":"x"}"#, "messages[0].tool_call_id"),
        (
            #"{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"[1"}}]}"#,
            "messages[0].tool_calls[0].function.arguments"
        ),
        (#"{"role":"assistant","tool_calls":[{"id":"a","type":"custom"}]}"#, "messages[0].tool_calls[0]"),
        (#"{"role":"assistant","function_call":{"name":"f"}}"#, "messages[0].function_call"),
    ])
    func `content that the provider does not take is refused by its place`(message: String, param: String) throws {
        let fixture = ProviderFixture.anthropic()
        try fixture.start(ChatRequest.make(#"{"model":"m","messages":[\#(message)]}"#))
        let body = try #require(fixture.sink.error?.answer).body
        let told = try JSONParser().parse(String(decoding: body, as: UTF8.self)).root["error"]
        #expect(told?["param"]?.string == param)
        #expect(fixture.transport.requests.isEmpty)
    }

    @Test func `parts of the provider's own pass where the configuration says so`() throws {
        let part = #"{"type":"search_result","source":"x"}"#
        let root = try sent(messages: #"{"role":"user","content":[\#(part)]}"#, "", .init(unknown: .pass))
        expect("messages", #"[{"role":"user","content":[\#(part)]}]"#, in: root)
    }

    // MARK: Tools

    @Test func `tools become the provider's, with a schema of an object`() throws {
        let root = try sent(
            messages: #"{"role":"user","content":"a"}"#,
            #","tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,"#
                + #""parameters":{"type":"object","properties":{"x":{"type":"number"}}}},"cache_control":{"type":"ephemeral"}},"#
                + #"{"type":"function","function":{"name":"g"}},"#
                + #"{"type":"function","function":{"name":"h","parameters":{"properties":{}}}}]"#)
        expect(
            "tools",
            #"[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"x":{"type":"number"}}},"#
                + #""strict":true,"cache_control":{"type":"ephemeral"}},"#
                + #"{"name":"g","input_schema":{"type":"object","properties":{}}},"#
                + #"{"name":"h","input_schema":{"properties":{},"type":"object"}}]"#, in: root)
    }

    @Test(arguments: [
        (#","tool_choice":"auto""#, #"{"type":"auto"}"#), (#","tool_choice":"none""#, #"{"type":"none"}"#),
        (#","tool_choice":"required""#, #"{"type":"any"}"#),
        (#","tool_choice":{"type":"function","function":{"name":"f"}}"#, #"{"type":"tool","name":"f"}"#),
        (#","parallel_tool_calls":false"#, #"{"type":"auto","disable_parallel_tool_use":true}"#),
        (
            #","tool_choice":"required","parallel_tool_calls":false"#,
            #"{"type":"any","disable_parallel_tool_use":true}"#
        ),
        (#","tool_choice":"none","parallel_tool_calls":false"#, #"{"type":"none"}"#),
    ])
    func `the choice of a tool is put in the provider's words`(members: String, choice: String) throws {
        let tools = #","tools":[{"type":"function","function":{"name":"f"}}]"#
        expect("tool_choice", choice, in: try sent(messages: #"{"role":"user","content":"a"}"#, tools + members))
    }

    @Test func `calls and their results become blocks, all results in one turn`() throws {
        let root = try sent(
            messages: #"{"role":"user","content":"a"},{"role":"assistant","content":"Looking.","tool_calls":["#
                + #"{"id":"call.1","type":"function","function":{"name":"f","arguments":"{\"x\": \"\\u00e9\"}"}},"#
                + #"{"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},"#
                + #"{"role":"tool","tool_call_id":"call.1","content":"21"},"#
                + #"{"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"t"}],"cache_control":{"type":"ephemeral"}},"#
                + #"{"role":"user","content":"and?"}"#)
        expect(
            "messages",
            #"[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":["#
                + #"{"type":"text","text":"Looking."},"#
                + #"{"type":"tool_use","id":"call_1","name":"f","input":{"x": "\u00e9"}},"#
                + #"{"type":"tool_use","id":"c2","name":"g","input":{}}]},{"role":"user","content":["#
                + #"{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"21"}]},"#
                + #"{"type":"tool_result","tool_use_id":"c2","content":[{"type":"text","text":"t"}],"cache_control":{"type":"ephemeral"}},"#
                + #"{"type":"text","text":"and?"}]}]"#, in: root)
    }
}
