import Testing

@testable import Policies

/// Bodies of legacy completions, embeddings and responses.
struct OtherEndpointsTests {
    @Test(
        "legacy completions",
        arguments: [
            (#""prompt": "x""#, "ok"), (#""prompt": null"#, "ok"), (#""prompt": ["a", "b"]"#, "ok"),
            (#""prompt": [1, 2]"#, "ok"), (#""prompt": [[1], [2, 3]]"#, "ok"),
            ("", "missing_required_parameter prompt"), (#""prompt": []"#, "empty_array prompt"),
            (#""prompt": 5"#, "invalid_type prompt"), (#""prompt": ["a", 1]"#, "invalid_type prompt[1]"),
            (#""prompt": [1, "a"]"#, "invalid_type prompt[1]"), (#""prompt": [1.5]"#, "invalid_type prompt[0]"),
            (#""prompt": [[1], []]"#, "empty_array prompt[1]"),
            (#""prompt": [1, -1]"#, "integer_below_min_value prompt[1]"),
            (#""prompt": "x", "logprobs": 5"#, "ok"),
            (#""prompt": "x", "logprobs": 6"#, "integer_above_max_value logprobs"),
            (#""prompt": "x", "logprobs": true"#, "invalid_type logprobs"),
            (#""prompt": "x", "max_tokens": 0"#, "ok"), (#""prompt": "x", "echo": 1"#, "invalid_type echo"),
            (#""prompt": "x", "best_of": 3, "n": 2"#, "ok"),
            (#""prompt": "x", "best_of": 1, "n": 2"#, "invalid_value best_of"),
            (#""prompt": "x", "best_of": 21"#, "integer_above_max_value best_of"),
            (#""prompt": "x", "best_of": 2, "stream": true"#, "invalid_value best_of"),
            (#""prompt": "x", "stream_options": {}"#, "invalid_value stream_options"),
            (#""prompt": "x", "suffix": 5"#, "invalid_type suffix"),
            (#""prompt": "x", "temperature": 3"#, "decimal_above_max_value temperature"),
        ])
    func completions(_ members: String, _ verdict: String) {
        let body = #"{"model": "m""# + (members.isEmpty ? "" : ", \(members)") + "}"
        #expect(Verdict.of(body, .completions) == verdict, "\(members)")
    }

    @Test(
        "embeddings",
        arguments: [
            (#""input": "x""#, "ok"), (#""input": ["x", "y"]"#, "ok"), (#""input": [1, 2, 3]"#, "ok"),
            (#""input": [[1, 2], [3]]"#, "ok"), ("", "missing_required_parameter input"),
            (#""input": null"#, "missing_required_parameter input"), (#""input": "" "#, "empty_string input"),
            (#""input": []"#, "empty_array input"), (#""input": ["x", ""]"#, "empty_string input[1]"),
            (#""input": {"text": "x"}"#, "invalid_type input"), (#""input": [true]"#, "invalid_type input[0]"),
            (#""input": "x", "dimensions": 256, "encoding_format": "base64""#, "ok"),
            (#""input": "x", "dimensions": 0"#, "integer_below_min_value dimensions"),
            (#""input": "x", "encoding_format": "hex""#, "invalid_value encoding_format"),
            (#""input": "x", "user": 5"#, "invalid_type user"),
        ])
    func embeddings(_ members: String, _ verdict: String) {
        let body = #"{"model": "m""# + (members.isEmpty ? "" : ", \(members)") + "}"
        #expect(Verdict.of(body, .embeddings) == verdict, "\(members)")
    }

    @Test(
        "moderations",
        arguments: [
            (#""input": "x""#, "ok"), (#""input": ["x", "y"]"#, "ok"), ("", "missing_required_parameter input"),
            (#""input": [{"type": "text", "text": "x"}]"#, "ok"),
            (#""input": [{"type": "image_url", "image_url": {"url": "https://x"}}]"#, "ok"),
            (#""input": []"#, "empty_array input"), (#""input": 5"#, "invalid_type input"),
            (#""input": [5]"#, "invalid_type input[0]"),
            (#""input": [{}]"#, "missing_required_parameter input[0].type"),
            (#""input": [{"type": "sound"}]"#, "invalid_value input[0].type"),
            (#""input": [{"type": "image_url", "image_url": {"url": "x"}}]"#, "invalid_value input[0].image_url.url"),
        ])
    func moderations(_ members: String, _ verdict: String) {
        #expect(Verdict.of(members.isEmpty ? "{}" : "{\(members)}", .moderations) == verdict, "\(members)")
    }

    @Test("a batch of embeddings has at most 2048 texts, one text as many tokens as it likes")
    func batches() {
        func list(_ element: String, _ count: Int) -> String {
            #"{"model": "m", "input": [\#(Array(repeating: element, count: count).joined(separator: ","))]}"#
        }
        #expect(Verdict.of(list(#""x""#, 2048), .embeddings) == "ok")
        #expect(Verdict.of(list(#""x""#, 2049), .embeddings) == "array_above_max_length input")
        #expect(Verdict.of(list("[1]", 2049), .embeddings) == "array_above_max_length input")
        #expect(Verdict.of(list("1", 5000), .embeddings) == "ok")
    }

    @Test(
        "responses",
        arguments: [
            (#""input": "x""#, "ok"), (#""input": "x", "instructions": "be kind", "max_output_tokens": 50"#, "ok"),
            ("", "missing_required_parameter input"), (#""previous_response_id": "resp_1""#, "ok"),
            (#""prompt": {"id": "p1", "variables": {"a": "b"}}"#, "ok"),
            (#""prompt": {}"#, "missing_required_parameter prompt.id"),
            (#""input": []"#, "empty_array input"), (#""input": 5"#, "invalid_type input"),
            (#""input": "x", "background": true, "store": true, "truncation": "auto""#, "ok"),
            (#""input": "x", "truncation": "some""#, "invalid_value truncation"),
            (#""input": "x", "reasoning": {"effort": "high", "summary": "auto"}"#, "ok"),
            (#""input": "x", "reasoning": {"effort": "hard"}"#, "invalid_value reasoning.effort"),
            (
                #""input": "x", "text": {"format": {"type": "json_schema", "name": "a", "schema": {"type": "object"}}}"#,
                "ok"
            ),
            (
                #""input": "x", "text": {"format": {"type": "json_schema", "name": "a"}}"#,
                "missing_required_parameter text.format.schema"
            ),
            (#""input": "x", "text": {"verbosity": "shout"}"#, "invalid_value text.verbosity"),
            (#""input": "x", "tools": [{"type": "function", "name": "f", "parameters": {}, "strict": true}]"#, "ok"),
            (#""input": "x", "tools": [{"type": "web_search", "filters": {}}]"#, "ok"),
            (#""input": "x", "tools": [{"type": "function"}]"#, "missing_required_parameter tools[0].name"),
            (
                #""input": "x", "tools": [{"type": "function", "name": "f", "parameters": {"type": "array"}}]"#,
                "invalid_function_parameters tools[0].parameters.type"
            ),
            (#""input": "x", "tools": [{}]"#, "missing_required_parameter tools[0].type"),
            (#""input": "x", "tools": [5]"#, "invalid_type tools[0]"),
            (#""input": "x", "tool_choice": "auto""#, "ok"),
            (#""input": "x", "tool_choice": {"type": "web_search"}"#, "ok"),
            (#""input": "x", "tool_choice": "sometimes""#, "invalid_value tool_choice"),
            (#""input": "x", "stream_options": {"include_obfuscation": false}"#, "invalid_value stream_options"),
            (
                #""input": "x", "conversation": "c1", "previous_response_id": "r1""#,
                "invalid_value previous_response_id"
            ),
            (#""input": "x", "max_output_tokens": 0"#, "integer_below_min_value max_output_tokens"),
        ])
    func responses(_ members: String, _ verdict: String) {
        let body = #"{"model": "m""# + (members.isEmpty ? "" : ", \(members)") + "}"
        #expect(Verdict.of(body, .responses) == verdict, "\(members)")
    }

    private static let call = #"{"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}"#
    private static let output = #"{"type": "function_call_output", "call_id": "c1", "output": "42"}"#

    @Test(
        "items of a response's input",
        arguments: [
            (#"{"role": "user", "content": "x"}"#, "ok"),
            (#"{"type": "message", "role": "developer", "content": "x"}"#, "ok"),
            (#"{"role": "user", "content": [{"type": "input_text", "text": "x"}]}"#, "ok"),
            (
                #"{"role": "user", "content": [{"type": "input_image", "image_url": "https://x/y", "detail": "auto"}]}"#,
                "ok"
            ),
            (#"{"role": "assistant", "content": [{"type": "output_text", "text": "x", "annotations": []}]}"#, "ok"),
            (
                #"{"role": "user", "content": [{"type": "text", "text": "x"}]}"#,
                "invalid_value input[0].content[0].type"
            ),
            (
                #"{"role": "user", "content": [{"type": "input_text"}]}"#,
                "missing_required_parameter input[0].content[0].text"
            ),
            (#"{"role": "tool", "content": "x"}"#, "invalid_value input[0].role"),
            (#"{"role": "user"}"#, "missing_required_parameter input[0].content"),
            (#"{"id": "msg_1"}"#, "ok"), (#"{"type": "item_reference", "id": "msg_1"}"#, "ok"),
            ("{}", "missing_required_parameter input[0].role"), ("5", "invalid_type input[0]"),
            (#"{"type": "reasoning", "id": "r", "summary": []}"#, "ok"),
            (#"{"type": "mcp_call", "id": "x"}"#, "ok"), (#"{"type": 5}"#, "invalid_type input[0].type"),
            ("\(call), \(output)", "ok"), (call, "invalid_value input[0].call_id"),
            (output, "invalid_value input[0].call_id"),
            ("\(call), \(call), \(output)", "invalid_value input[1].call_id"),
            ("\(call), \(output), \(output)", "invalid_value input[2].call_id"),
            (
                #"{"type": "function_call", "call_id": "c1", "name": "f"}"#,
                "missing_required_parameter input[0].arguments"
            ),
            (#"{"type": "function_call_output", "output": "x"}"#, "missing_required_parameter input[0].call_id"),
        ])
    func items(_ list: String, _ verdict: String) {
        #expect(Verdict.of(#"{"model": "m", "input": [\#(list)]}"#, .responses) == verdict, "\(list)")
    }

    @Test("an output may answer a call that the provider keeps")
    func continued() {
        let body = #"{"model": "m", "previous_response_id": "r1", "input": [\#(Self.output)]}"#
        #expect(Verdict.of(body, .responses) == "ok")
    }
}
