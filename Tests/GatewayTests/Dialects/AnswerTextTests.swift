import Testing
import Upstreams

@testable import Gateway

/// What of an event is text.
struct AnswerTextTests {
    @Test(
        arguments: [
            (#"{"choices":[{"index":0,"delta":{"content":"a\"b"}}]}"#, [#"a"b"#]),
            (#"{"choices":[{"delta":{"content":"no index"}}]}"#, ["no index"]),
            (#"{"choices":[{"index":0,"delta":{"refusal":"I won't"}}]}"#, ["I won't"]),
            (#"{"choices":[{"index":1,"delta":{"content":"another"}}]}"#, []),
            (#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#, []),
            (#"{"choices":[{"index":0,"delta":{"content":null}}]}"#, []),
            (#"{"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}"#, []),
            (#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]}"#, []),
            (#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#, []),
            (#"{"choices":[],"usage":{"prompt_tokens":1}}"#, []), (#"{"choices":7}"#, []), ("[]", []), ("nonsense", []),
        ] as [(String, [String])])
    func `text is the content of the first choice`(event: String, texts: [String]) {
        var found: [String] = []
        ByteBuffer(Array(event.utf8)).withBytes { bytes in
            AnswerText.read(bytes, JSONParser()) { text in
                found.append(String(decoding: (0..<text.byteCount).map { text.byte(at: $0) }, as: UTF8.self))
            }
        }
        #expect(found == texts)
    }
}
