import Testing

@testable import Upstreams

/// What is sent to the Gemini API for a request, and what is refused.
struct GeminiRequestTests {
    static let hi = #""messages":[{"role":"user","content":"hi"}]"#

    private func sent(_ members: String, _ encoding: GeminiUpstream.Encoding = .init()) throws -> String {
        try ProviderFixture.gemini(encoding).sent(#"{"model":"m",\#(Self.hi)\#(members)}"#).withSource { $0.text }
    }

    @Test(arguments: [
        ("gemini-2.5-flash", true, "/models/gemini-2.5-flash:streamGenerateContent?alt=sse"),
        ("models/gemini-2.5-pro", false, "/models/gemini-2.5-pro:generateContent"),
        ("../../x?y=é", false, "/models/..%2F..%2Fx%3Fy%3D%C3%A9:generateContent"),
        ("..", false, "/models/%2E%2E:generateContent"),
    ])
    func `the model stands in the path and leads nowhere else`(model: String, isStream: Bool, path: String) throws {
        let fixture = ProviderFixture.gemini()
        _ = try fixture.sent(#"{"model":"m",\#(Self.hi)}"#, isStream: isStream, model: model)
        #expect(fixture.transport.requests.last?.path == path)
    }

    @Test func `a plain request has contents alone`() throws {
        #expect(try sent("") == #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#)
    }

    @Test(arguments: [
        (#""max_tokens":7"#, #""maxOutputTokens":7"#),
        (#""max_completion_tokens":9,"max_tokens":7"#, #""maxOutputTokens":9"#),
        (#""temperature":1.70"#, #""temperature":1.70"#), (#""top_p":0.5,"top_k":3"#, #""topP":0.5,"topK":3"#),
        (#""seed":7"#, #""seed":7"#), (#""presence_penalty":0.5"#, #""presencePenalty":0.5"#),
        (#""frequency_penalty":-1"#, #""frequencyPenalty":-1"#), (#""stop":"END""#, #""stopSequences":["END"]"#),
        (#""stop":["a","b"]"#, #""stopSequences":["a","b"]"#),
        (#""response_format":{"type":"json_object"}"#, #""responseMimeType":"application/json""#),
        (
            #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}"#,
            #""responseMimeType":"application/json","responseJsonSchema":{"type":"object"}"#
        ),
        (#""reasoning_effort":"none""#, #""thinkingConfig":{"thinkingBudget":0}"#),
        (#""reasoning_effort":"medium""#, #""thinkingConfig":{"thinkingBudget":8192,"includeThoughts":true}"#),
    ])
    func `a field becomes its counterpart`(member: String, expected: String) throws {
        #expect(try sent("," + member).hasSuffix(#","generationConfig":{\#(expected)}}"#))
    }

    @Test func `effort is a level, or nothing, where the configuration says so`() throws {
        let level = try sent(#","reasoning_effort":"high""#, .init(reasoning: .level))
        #expect(level.contains(#""thinkingConfig":{"thinkingLevel":"high","includeThoughts":true}"#))
        #expect(try sent(#","reasoning_effort":"high""#, .init(reasoning: .off)) == sent(""))
    }

    @Test func `unknown fields are left out, or pass where the configuration says so`() throws {
        let members = #","safetySettings":[{"a": 1.50}],"generationConfig":{"x":1},"user":"u","metadata":{}"#
        #expect(try sent(members) == sent(""))
        #expect(try sent(members, .init(unknown: .pass)).hasSuffix(#"]}],"safetySettings":[{"a": 1.50}]}"#))
    }

    @Test(arguments: [
        (#","n":2"#, "n", "unsupported_parameter"), (#","logprobs":true"#, "logprobs", "unsupported_parameter"),
        (#","web_search_options":{}"#, "web_search_options", "unsupported_parameter"),
        (#","response_format":{"type":"json_schema"}"#, "response_format", "unsupported_value"),
        (#","reasoning_effort":"huge""#, "reasoning_effort", "unsupported_value"),
        (#","max_tokens":0"#, "max_tokens", "invalid_value"), (#","stop":5"#, "stop", "invalid_value"),
        (#","temperature":"hot""#, "temperature", "invalid_value"),
        (#","tools":[{"type":"custom"}]"#, "tools[0].type", "unsupported_value"),
        (
            #","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{}"#, "tool_choice",
            "unsupported_value"
        ),
    ])
    func `what the provider cannot be asked for is a bad request that names it`(
        members: String, param: String, code: String
    ) throws {
        let told = try ProviderFixture.gemini().refusal(#"{"model":"m",\#(Self.hi)\#(members)}"#)
        #expect(told["param"]?.string == param)
        #expect(told["code"]?.string == code)
    }

    // MARK: Messages

    @Test func `instructions stand apart, and messages of one side in a row are one turn`() throws {
        let root = try ProviderFixture.gemini().sent(
            #"{"model":"m","messages":[{"role":"user","content":"a"},{"role":"system","content":"S"},"#
                + #"{"role":"user","content":"b"},{"role":"assistant","content":""},{"role":"assistant","content":"c"}]}"#
        )
        #expect(
            root.withSource { $0.text }
                == #"{"systemInstruction":{"parts":[{"text":"S"}]},"contents":["#
                + #"{"role":"user","parts":[{"text":"a"},{"text":"b"}]},{"role":"model","parts":[{"text":"c"}]}]}"#)
    }

    @Test(arguments: [
        (
            #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0="}}"#,
            #"{"inlineData":{"mimeType":"image/png","data":"iVBORw0="}}"#
        ),
        (
            #"{"type":"image_url","image_url":{"url":"https://a.example/b.jpg"}}"#,
            #"{"fileData":{"fileUri":"https://a.example/b.jpg"}}"#
        ),
        (
            #"{"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0="}}"#,
            #"{"inlineData":{"mimeType":"application/pdf","data":"JVBERi0="}}"#
        ),
        (
            #"{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}"#,
            #"{"inlineData":{"mimeType":"audio/wav","data":"UklGRg=="}}"#
        ),
    ])
    func `images, files and audio become parts`(part: String, expected: String) throws {
        let root = try ProviderFixture.gemini().sent(
            #"{"model":"m","messages":[{"role":"user","content":[\#(part)]}]}"#)
        #expect(root.withSource { $0.text } == #"{"contents":[{"role":"user","parts":[\#(expected)]}]}"#)
    }

    @Test(arguments: [
        (#"{"role":"user","content":[{"type":"hologram"}]}"#, "messages[0].content[0].type"),
        (#"{"role":"user","content":[{"type":"image_url"}]}"#, "messages[0].content[0].image_url.url"),
        (#"{"role":"user","content":[{"type":"input_audio"}]}"#, "messages[0].content[0].input_audio"),
        (#"{"role":"function","name":"f","content":"x"}"#, "messages[0].role"),
        (#"{"role":"tool","tool_call_id":"nobody","content":"x"}"#, "messages[0].tool_call_id"),
    ])
    func `content that the provider does not take is refused by its place`(message: String, param: String) throws {
        let told = try ProviderFixture.gemini().refusal(#"{"model":"m","messages":[\#(message)]}"#)
        #expect(told["param"]?.string == param)
    }

    // MARK: Tools

    @Test(arguments: [
        ("", ""), (#","tool_choice":"auto""#, #""mode":"AUTO""#), (#","tool_choice":"none""#, #""mode":"NONE""#),
        (#","tool_choice":"required""#, #""mode":"ANY""#),
        (
            #","tool_choice":{"type":"function","function":{"name":"f"}}"#,
            #""mode":"ANY","allowedFunctionNames":["f"]"#
        ),
    ])
    func `tools and their choice become the provider's`(choice: String, config: String) throws {
        let text = try sent(
            #","tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}},"#
                + #"{"type":"function","function":{"name":"g","parameters":{}}}]"# + choice)
        let tools =
            #","tools":[{"functionDeclarations":[{"name":"f","description":"d","#
            + #""parametersJsonSchema":{"type":"object"}},{"name":"g"}]}]"#
        let expected = config.isEmpty ? "" : #","toolConfig":{"functionCallingConfig":{\#(config)}}"#
        #expect(text.hasSuffix("]" + tools + expected + "}"))
    }

    @Test func `calls and their results go by the name of the function`() throws {
        let root = try ProviderFixture.gemini().sent(
            #"{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":["#
                + #"{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"},"#
                + #""extra_content":{"google":{"thought_signature":"sig"}}},"#
                + #"{"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},"#
                + #"{"role":"tool","tool_call_id":"c1","content":"{\"deg\": 21}"},"#
                + #"{"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"fine \"day\""}]}]}"#)
        #expect(
            root["contents"]?.withSource { $0.text }
                == #"[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":["#
                + #"{"functionCall":{"name":"f","args":{"x": 1}},"thoughtSignature":"sig"},"#
                + #"{"functionCall":{"name":"g","args":{}}}]},{"role":"user","parts":["#
                + #"{"functionResponse":{"name":"f","response":{"deg": 21}}},"#
                + #"{"functionResponse":{"name":"g","response":{"result":"fine \"day\""}}}]}]"#)
    }
}
