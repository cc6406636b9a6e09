import Testing

@testable import Upstreams

/// Answers of the Gemini API, streamed and whole, and its errors.
struct GeminiStreamTests {
    @Test(arguments: [
        ("text", #""STOP","#), ("tools", #""STOP","#), ("safety", #""SAFETY","#),
        ("blocked", #""PROHIBITED_CONTENT"}"#),
    ])
    func `a golden stream gives its chunks wherever it is cut`(name: String, reason: String) throws {
        // The event that tells the reason is complete with its last bracket.
        try Golden.expectStream("gemini/\(name)", endingWith: #""responseId":"r-1"}"#) { .gemini() }
        let text = String(decoding: try Golden.bytes("gemini/\(name).sse"), as: UTF8.self)
        #expect(text.contains(reason))
    }

    @Test func `a golden response gives its completion`() throws {
        let body = String(decoding: try Golden.bytes("gemini/response.json"), as: UTF8.self)
        let sink = try ProviderFixture.gemini().answer(body)
        #expect(sink.isComplete)
        #expect(sink.events == (try Golden.lines("gemini/response.expected.json")))
        #expect(try sink.facts.first == JSONParser().chunkFacts(of: sink.events[0]))
    }

    static let hello = #"data: {"candidates":[{"content":{"parts":[{"text":"hello"}]}}]}"# + "\n\n"

    @Test func `a stream without a finish reason is truncated however cleanly it closed`() throws {
        let sink = try ProviderFixture.gemini().play([Array(Self.hello.utf8)])
        #expect(sink.error?.cause == .truncated && sink.events.count == 2)
    }

    @Test(arguments: ["data: nonsense\n\n", "data: []\n\n", "data: [DONE]\n\n"])
    func `what is no event of the API is malformed`(event: String) throws {
        #expect(try ProviderFixture.gemini().play([Array((Self.hello + event).utf8)]).error?.cause == .malformed)
    }

    @Test(arguments: [
        ("MAX_TOKENS", "length"), ("STOP", "stop"), ("RECITATION", "content_filter"), ("SPII", "content_filter"),
        ("OTHER", "stop"), ("SOMETHING_NEW", "stop"),
    ])
    func `finish reasons have their counterparts`(reason: String, finish: String) throws {
        let sink = try ProviderFixture.gemini().answer(
            #"{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"\#(reason)"}]}"#)
        #expect(sink.events.first?.contains(#""finish_reason":"\#(finish)""#) == true)
        #expect(sink.events.first?.contains(#""id":"chatcmpl-req_1""#) == true)
    }

    @Test func `a call that the provider could not read is an error`() throws {
        let sink = try ProviderFixture.gemini().answer(#"{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]}"#)
        #expect(sink.error?.cause == .inBand)
        #expect(try sink.error?.answer?.toldError["code"]?.string == "malformed_tool_call")
    }

    @Test func `an error event is an in-band error with its status`() throws {
        let error = #"data: {"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}"# + "\n\n"
        let sink = try ProviderFixture.gemini().play([Array((Self.hello + error).utf8)])
        #expect(sink.error?.cause == .inBand && sink.error?.answer?.head.status == 503)
    }

    @Test(arguments: ["{}", "[]", "nonsense", #"{"candidates":[{"content":{"parts":[{"text":"x"}]}}]}"#])
    func `an answer that has no end is malformed`(body: String) throws {
        let sink = try ProviderFixture.gemini().answer(body)
        #expect(sink.error?.cause == .malformed && sink.events.isEmpty)
    }

    // MARK: Refusals

    @Test(
        arguments: [
            (400, "INVALID_ARGUMENT", 400, nil), (401, "UNAUTHENTICATED", 401, "invalid_api_key"),
            (403, "PERMISSION_DENIED", 403, "permission_denied"), (404, "NOT_FOUND", 404, "model_not_found"),
            (429, "RESOURCE_EXHAUSTED", 429, "rate_limit_exceeded"), (500, "INTERNAL", 500, nil),
            (503, "UNAVAILABLE", 503, "server_is_overloaded"), (418, "OF_LATER_DAYS", 418, nil),
        ] as [(Int, String, Int, String?)])
    func `each kind of error has OpenAI's words and keeps its message`(
        status: Int, kind: String, told: Int, code: String?
    ) throws {
        for list in [false, true] {
            let body = #"{"error":{"code":\#(status),"message":"why","status":"\#(kind)"}}"#
            let sink = try ProviderFixture.gemini { $0.passesCallerKey = true }
                .answer(list ? "[\(body)]" : body, status: status)
            let answer = try #require(sink.error?.answer)
            #expect(answer.head.status == told)
            #expect(try answer.toldError["message"]?.string == "why")
            #expect(try answer.toldError["code"]?.string == code)
        }
    }

    @Test func `a wrong key is a matter of the key, whatever the status`() throws {
        let body = #"""
            {"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT",
             "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}
            """#
        #expect(try ProviderFixture.gemini().answer(body, status: 400).error?.cause == .authentication)
    }

    @Test func `how long to wait is read from the error`() throws {
        let body = #"""
            {"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED",
             "details":[{"@type":"x"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"31.2s"}]}}
            """#
        #expect(
            try ProviderFixture.gemini().answer(body, status: 429).error?.answer?.head.value(of: "retry-after") == "32")
    }

    @Test func `a prompt that is too long is told by its code`() throws {
        let message = "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576)."
        let body = #"{"error":{"code":400,"message":"\#(message)","status":"INVALID_ARGUMENT"}}"#
        let answer = try ProviderFixture.gemini().answer(body, status: 400).error?.answer
        #expect(try answer?.toldError["code"]?.string == "context_length_exceeded")
    }
}
