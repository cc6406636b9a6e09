import Testing

@testable import Upstreams

/// What canonical requests become in the form of Converse.
struct BedrockRequestTests {
    private struct Proof: RequestSigner {
        func fields(path: String, body: RawSpan, now: Int) -> [HTTPField] {
            [HTTPField("authorization", "\(path) \(body.byteCount) \(now)")]
        }
    }

    private func fixture(_ encoding: BedrockUpstream.Encoding = .init()) -> ProviderFixture {
        ProviderFixture { BedrockUpstream(client: $0, encoding: encoding, signer: Proof()) }
    }

    private func sent(_ body: String, _ encoding: BedrockUpstream.Encoding = .init()) throws -> String {
        try fixture(encoding).sent(body).withSource { $0.text }
    }

    private static let hi = #""messages":[{"role":"user","content":"hi"}]"#
    private static let asked = #""messages":[{"role":"user","content":[{"text":"hi"}]}]"#

    @Test func `a conversation is asked in the provider's form`() throws {
        let text = try sent(
            #"{"model":"m","max_tokens":9,"top_p":0.5,"stop":"x","messages":[{"role":"system","content":"S"},"#
                + #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":"#
                + #"{"url":"data:image/png;base64,iVBO"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c:1","#
                + #""type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},"#
                + #"{"role":"tool","tool_call_id":"c:1","content":"r","is_error":true}],"#
                + #""tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required"}"#)
        #expect(
            text == #"{"system":[{"text":"S"}],"messages":[{"role":"user","content":[{"text":"a"},"#
                + #"{"image":{"format":"png","source":{"bytes":"iVBO"}}}]},{"role":"assistant","content":[{"toolUse":"#
                + #"{"toolUseId":"c_1","name":"f","input":{"x":1}}}]},{"role":"user","content":[{"toolResult":"#
                + #"{"toolUseId":"c_1","content":[{"text":"r"}],"status":"error"}}]}],"#
                + #""inferenceConfig":{"maxTokens":9,"topP":0.5,"#
                + #""stopSequences":["x"]},"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":"#
                + #"{"json":{"type":"object"}}}}],"toolChoice":{"any":{}}}}"#)
    }

    @Test func `documents have a format, and names of their own`() throws {
        let pdf = #"{"type":"file","file":{"filename":"do this.pdf","file_data":"data:application/pdf;base64,AA"}}"#
        let text = #"{"type":"file","file":{"file_data":"data:text/plain;base64,BB"}}"#
        #expect(
            try sent(#"{"model":"m","messages":[{"role":"user","content":[\#(pdf),\#(text)]}]}"#)
                == #"{"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"document-1","source":"#
                + #"{"bytes":"AA"}}},{"document":{"format":"txt","name":"document-2","source":{"bytes":"BB"}}}]}]}"#)
    }

    @Test func `thoughts and cache marks go back to the provider`() throws {
        let mark = #""cache_control":{"type":"ephemeral"}"#
        #expect(
            try sent(
                #"{"model":"m","messages":[{"role":"system","content":"S",\#(mark)},{"role":"user","content":[{"type":"text","#
                    + #""text":"a",\#(mark)}]},{"role":"assistant","content":"b","thinking_blocks":[{"type":"thinking","#
                    + #""thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"eA=="}]}]}"#)
                == #"{"system":[{"text":"S"},{"cachePoint":{"type":"default"}}],"messages":[{"role":"user","content":["#
                + #"{"text":"a"},{"cachePoint":{"type":"default"}}]},{"role":"assistant","content":[{"reasoningContent":"#
                + #"{"reasoningText":{"text":"t","signature":"s"}}},{"reasoningContent":{"redactedContent":"eA=="}},"#
                + #"{"text":"b"}]}]}"#)
    }

    @Test func `fields of the models travel beside those of Converse`() throws {
        let body = #"{"model":"m",\#(Self.hi),"top_k":5,"own":{"a":1.0}}"#
        #expect(try sent(body) == #"{\#(Self.asked),"additionalModelRequestFields":{"top_k":5}}"#)
        #expect(
            try sent(body, .init(unknown: .pass))
                == #"{\#(Self.asked),"additionalModelRequestFields":{"top_k":5,"own":{"a":1.0}}}"#)
        #expect(
            try sent(#"{"model":"m",\#(Self.hi),"top_k":5,"thinking":{"type":"enabled"}}"#)
                == #"{\#(Self.asked),"additionalModelRequestFields":{"thinking":{"type":"enabled"}}}"#)
    }

    @Test func `tools are left out of a call that may use none, unless the messages hold calls`() throws {
        let tools = #""tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none""#
        #expect(try sent(#"{"model":"m",\#(Self.hi),\#(tools)}"#) == #"{\#(Self.asked)}"#)
        let call = #"{"id":"c","type":"function","function":{"name":"f","arguments":""}}"#
        let text = try sent(
            #"{"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[\#(call)]}],\#(tools)}"#)
        #expect(text.contains(#""toolConfig":{"tools":[{"toolSpec":"#) && !text.contains("toolChoice"))
    }

    @Test(arguments: [
        (#""response_format":{"type":"json_object"}"#, "response_format"), (#""n":2"#, "n"),
        (#""tools":[{"type":"custom"}]"#, "tools[0].type"), (#""max_tokens":0"#, "max_tokens"),
        (#""tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"x"}"#, "tool_choice"),
    ])
    func `what cannot be asked for is refused by name`(member: String, param: String) throws {
        #expect(try fixture().refusal(#"{"model":"m",\#(Self.hi),\#(member)}"#)["param"]?.string == param)
    }

    @Test(arguments: [
        (#"{"type":"image_url","image_url":{"url":"https://example.com/x.png"}}"#, "image_url.url"),
        (#"{"type":"file","file":{"file_data":"data:video/mp4;base64,AA"}}"#, "file"),
        (#"{"type":"input_audio","input_audio":{}}"#, "type"),
    ])
    func `parts that cannot be sent are refused by name`(part: String, param: String) throws {
        let error = try fixture().refusal(#"{"model":"m","messages":[{"role":"user","content":[\#(part)]}]}"#)
        #expect(error["param"]?.string == "messages[0].content[0].\(param)")
    }

    @Test func `the path names the model, and what is signed is what is sent`() throws {
        for isStream in [false, true] {
            let fixture = fixture()
            try fixture.start(ChatRequest.make(#"{"model":"m",\#(Self.hi)}"#, isStream: isStream), model: "a.b-v1:0")
            let request = try #require(fixture.transport.requests.last)
            let path = "/model/a.b-v1%3A0/converse\(isStream ? "-stream" : "")"
            #expect(request.path == path)
            #expect(request.values(of: "authorization") == ["\(path) \(request.body.utf8.count) 1700000000"])
            #expect(request.values(of: "accept") == (isStream ? ["application/vnd.amazon.eventstream"] : []))
        }
    }
}
