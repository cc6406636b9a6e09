import Testing
import Upstreams

@testable import Gateway

/// Events of a stream made into one whole answer.
struct AnswerAssemblerTests {
    private func assemble(_ events: [String]) -> String {
        var assembler = AnswerAssembler(parser: JSONParser())
        for event in events { ByteBuffer(Array(event.utf8)).withBytes { assembler.append($0) } }
        return assembler.finish().text
    }

    /// The answer of events with these choices, without what all events say.
    private func choices(_ choices: [String]) throws -> String {
        let text = assemble(choices.map { #"{"id":"c","choices":[\#($0)]}"# })
        let choices = try JSONParser().parse(text: text).root["choices"]
        return choices?.withSource { $0.text } ?? ""
    }

    @Test(arguments: [
        (
            "text",
            [
                #"{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}"#,
                #"{"index":0,"delta":{"content":"Hel"},"finish_reason":null}"#,
                #"{"index":0,"delta":{"content":"lo é\n"},"finish_reason":null}"#,
                #"{"index":0,"delta":{},"finish_reason":"stop"}"#,
            ],
            #"[{"index":0,"message":{"role":"assistant","content":"Hello é\n"},"logprobs":null,"finish_reason":"stop"}]"#
        ),
        (
            "tool calls",
            [
                #"{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}}"#,
                #"{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]}}"#,
                #"{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"[]"}}]}}"#,
                #"{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}"#,
                #"{"index":0,"delta":{},"finish_reason":"tool_calls"}"#,
            ],
            #"[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":{"name":"g","arguments":"[]"}}]},"logprobs":null,"finish_reason":"tool_calls"}]"#
        ),
        (
            "log probabilities",
            [
                #"{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.5}],"refusal":null}}"#,
                #"{"index":0,"delta":{"content":"b"},"logprobs":{"content":[{"token":"b","logprob":-1}],"refusal":null}}"#,
                #"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}"#,
            ],
            #"[{"index":0,"message":{"content":"ab"},"logprobs":{"content":[{"token":"a","logprob":-0.5},{"token":"b","logprob":-1}],"refusal":null},"finish_reason":"stop"}]"#
        ),
        (
            "several choices, in the order of their indexes",
            [
                #"{"index":1,"delta":{"content":"y"}}"#, #"{"index":0,"delta":{"content":"x"}}"#,
                #"{"index":1,"delta":{"content":"Y"},"finish_reason":"length"}"#,
                #"{"index":0,"delta":{"content":"X"},"finish_reason":"stop"}"#,
            ],
            #"[{"index":0,"message":{"content":"xX"},"logprobs":null,"finish_reason":"stop"},{"index":1,"message":{"content":"yY"},"logprobs":null,"finish_reason":"length"}]"#
        ),
        (
            "reasoning, refusal, audio and members nobody knows",
            [
                #"{"index":0,"delta":{"reasoning_content":"hm","x_list":[{"index":7,"v":1}]}}"#,
                #"{"index":0,"delta":{"reasoning_content":"m.","refusal":"No"}}"#,
                #"{"index":0,"delta":{"refusal":"pe","audio":{"id":"au","data":"QU","transcript":"a"}}}"#,
                #"{"index":0,"delta":{"audio":{"data":"JD","transcript":"b","expires_at":5}},"x_mark":{"a":[1.50]},"finish_reason":"stop"}"#,
            ],
            #"[{"index":0,"message":{"reasoning_content":"hmm.","x_list":[{"index":7,"v":1}],"refusal":"Nope","audio":{"id":"au","data":"QUJD","transcript":"ab","expires_at":5},"content":null},"logprobs":null,"x_mark":{"a":[1.50]},"finish_reason":"stop"}]"#
        ),
        (
            "a legacy function call",
            [
                #"{"index":0,"delta":{"function_call":{"name":"f","arguments":"{"}}}"#,
                #"{"index":0,"delta":{"function_call":{"arguments":"}"}},"finish_reason":"function_call"}"#,
            ],
            #"[{"index":0,"message":{"function_call":{"name":"f","arguments":"{}"},"content":null},"logprobs":null,"finish_reason":"function_call"}]"#
        ),
    ])
    func `choices are merged as clients merge them`(name: String, events: [String], expected: String) throws {
        #expect(try JSONSample(choices(events)) == JSONSample(expected), "\(name)")
    }

    @Test func `what the events say of the whole stream is said once, usage last`() throws {
        let text = assemble([
            #"{"id":"c","object":"chat.completion.chunk","created":17,"model":"m","system_fingerprint":null,"choices":[{"index":0,"delta":{"content":"a"}}],"usage":null}"#,
            "not JSON", "[]",
            #"{"id":"c","object":"chat.completion.chunk","created":17,"model":"m","system_fingerprint":"fp","choices":[],"usage":{"prompt_tokens":3,"x":1.50},"x_extra":[1]}"#,
        ])
        let expected = #"""
            {"id":"c","created":17,"model":"m","system_fingerprint":"fp","x_extra":[1],"object":"chat.completion",
            "choices":[{"index":0,"message":{"content":"a"},"logprobs":null}],"usage":{"prompt_tokens":3,"x":1.50}}
            """#
        #expect(try JSONSample(text) == JSONSample(expected))
        #expect(text.contains("1.50"), "numbers keep their spelling")
    }
}
