import Testing

@testable import Upstreams

/// Refusals of the Messages API, and what its heads tell about limits.
struct AnthropicErrorTests {
    private func refused(_ status: Int, _ body: String, _ lines: String = "") throws -> UpstreamError {
        try #require(
            try ProviderFixture.anthropic { $0.passesCallerKey = true }.answer(body, status: status, lines).error)
    }

    @Test(
        arguments: [
            (400, "invalid_request_error", 400, "invalid_request_error", nil),
            (401, "authentication_error", 401, "invalid_request_error", "invalid_api_key"),
            (403, "permission_error", 403, "invalid_request_error", "permission_denied"),
            (404, "not_found_error", 404, "invalid_request_error", "model_not_found"),
            (413, "request_too_large", 413, "invalid_request_error", "request_too_large"),
            (429, "rate_limit_error", 429, "requests", "rate_limit_exceeded"),
            (500, "api_error", 500, "server_error", nil),
            (529, "overloaded_error", 503, "service_unavailable_error", "server_is_overloaded"),
            (418, "of_later_days", 418, "server_error", nil),
        ] as [(Int, String, Int, String, String?)])
    func `each kind of error has OpenAI's words and keeps its message`(
        status: Int, kind: String, told: Int, type: String, code: String?
    ) throws {
        let error = try refused(status, #"{"type":"error","error":{"type":"\#(kind)","message":"say \"why\""}}"#)
        #expect(error.cause == .status)
        let answer = try #require(error.answer)
        #expect(answer.head.status == told)
        let body = try JSONParser().parse(String(decoding: answer.body, as: UTF8.self)).root["error"]
        #expect(body?["message"]?.string == #"say "why""#)
        #expect(body?["type"]?.string == type)
        #expect(body?["code"]?.string == code)
        #expect(body?["param"]?.isNull == true)
    }

    @Test func `a prompt that is too long is told by its code`() throws {
        let message = "prompt is too long: 210000 tokens > 200000 maximum"
        let error = try refused(
            400, #"{"type":"error","error":{"type":"invalid_request_error","message":"\#(message)"}}"#)
        let body = try JSONParser().parse(String(decoding: try #require(error.answer).body, as: UTF8.self)).root
        #expect(body["error"]?["code"]?.string == "context_length_exceeded")
    }

    @Test func `the gateway's own key refused is its own fault`() throws {
        let body = #"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#
        let sink = try ProviderFixture.anthropic().answer(body, status: 401)
        #expect(sink.error?.cause == .authentication && sink.error?.answer == nil)
    }

    @Test func `a page of some proxy keeps its body, and an overload its meaning`() throws {
        let error = try refused(529, "<html>busy</html>")
        #expect(error.answer?.head.status == 503)
        #expect(error.answer?.body == Array("<html>busy</html>".utf8))
    }

    @Test func `limits and ids come under OpenAI's names`() throws {
        let lines = """
            request-id: req_9\r
            retry-after: 7\r
            Anthropic-RateLimit-Requests-Limit: 50\r
            anthropic-ratelimit-requests-remaining: 0\r
            anthropic-ratelimit-requests-reset: 2023-11-14T22:14:20Z\r
            anthropic-ratelimit-tokens-limit: 40000\r
            anthropic-ratelimit-tokens-remaining: 39000\r
            anthropic-ratelimit-tokens-reset: 2023-11-14T23:19:21Z\r

            """
        let error = try refused(429, #"{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}"#, lines)
        let head = try #require(error.answer).head
        #expect(head.value(of: "retry-after") == "7")
        #expect(head.value(of: "x-request-id") == "req_9")
        #expect(head.value(of: "x-ratelimit-limit-requests") == "50")
        #expect(head.value(of: "x-ratelimit-remaining-requests") == "0")
        #expect(head.value(of: "x-ratelimit-reset-requests") == "1m0s")
        #expect(head.value(of: "x-ratelimit-limit-tokens") == "40000")
        #expect(head.value(of: "x-ratelimit-remaining-tokens") == "39000")
        #expect(head.value(of: "x-ratelimit-reset-tokens") == "1h6m1s")
    }
}
