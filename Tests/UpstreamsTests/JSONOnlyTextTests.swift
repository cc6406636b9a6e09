import Testing
import Upstreams

/// The text of the only choice, read without a document.
@Suite struct JSONOnlyTextTests {
    private let parser = JSONParser()

    private func only(_ json: String) -> (text: String, isLast: Bool)? {
        ByteBuffer(Array(json.utf8)).withBytes { bytes in
            parser.withOnlyText(of: bytes) { text, isLast in
                (unsafe text.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }, isLast)
            }
        }
    }

    @Test(arguments: [
        (#"{"choices":[{"index":0,"delta":{"content":"a\u0062\n"},"finish_reason":null}]}"#, "ab\n", false),
        (
            #"{"choices":[{"index":0,"message":{"role":"assistant","content":"é😀"},"finish_reason":"stop"}]}"#, "é😀",
            true
        ),
        (#"{"id":"x","choices":[{"delta":{"content":""}}],"usage":{"total_tokens":1}}"#, "", false),
        (#"{"cho\u0069ces":[{"delta":{"c\u006fntent":"x","refusal":null}}]}"#, "x", false),
    ])
    func `one choice with one text is read`(_ json: String, _ text: String, _ isLast: Bool) throws {
        let found = try #require(only(json))
        #expect(found.text == text && found.isLast == isLast)
    }

    @Test(arguments: [
        "", "x", #"["choices"]"#, #"{}"#, #"{"choices":[]}"#, #"{"choices":{}}"#, #"{"choices":[1]}"#,
        #"{"choices":[{"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}"#,
        #"{"choices":[{"index":1,"delta":{"content":"a"}}]}"#, #"{"choices":[{"index":0.0,"delta":{"content":"a"}}]}"#,
        #"{"choices":[{"delta":{"content":null}}]}"#, #"{"choices":[{"delta":{"content":["a"]}}]}"#,
        #"{"choices":[{"delta":{}}]}"#, #"{"choices":[{"delta":"content"}]}"#, #"{"choices":[{"text":"a"}]}"#,
    ])
    func `anything else is left to a document`(_ json: String) { #expect(only(json) == nil) }

    @Test(arguments: [
        #"{"choices":[{"delta":{"content":"a"}}],"choices":[{"delta":{"content":"b"}}]}"#,
        #"{"choices":[{"delta":{"content":"a","content":"b"}}]}"#,
        #"{"choices":[{"delta":{"content":"a"},"delta":{"content":"b"}}]}"#,
        #"{"choices":[{"delta":{"content":"a"},"message":{"content":"b"}}]}"#,
    ])
    func `what stands twice is never taken for the whole`(_ json: String) { #expect(only(json) == nil) }

    @Test func `a text of more than a mebibyte is left to a document`() {
        let text = String(repeating: "a", count: 1 << 20)
        #expect(only(#"{"choices":[{"delta":{"content":"\#(text)"}}]}"#) == nil)
        let shorter = text.dropLast(100)
        #expect(only(#"{"choices":[{"delta":{"content":"\#(shorter)"}}]}"#)?.text == String(shorter))
    }
}
