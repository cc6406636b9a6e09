import Testing
import Upstreams

@testable import Gateway

/// The allow-lists of header fields, both ways.
struct ForwardedFieldsTests {
    @Test func `only what is on the list travels to a provider`() throws {
        let head = try RequestHead.reading(
            "POST / HTTP/1.1", "Traceparent: 00-1", "tracestate: a=1", "idempotency-key: i", "OpenAI-Beta: b",
            "authorization: Bearer k", "cookie: c", "x-forwarded-for: 1.2.3.4", "openai-organization: o",
            "x-request-id: r", "accept-encoding: gzip", "user-agent: u")
        let expected = [
            HTTPField("traceparent", "00-1"), HTTPField("tracestate", "a=1"), HTTPField("idempotency-key", "i"),
            HTTPField("openai-beta", "b"),
        ]
        #expect(ForwardedFields.select(head) == expected)
    }

    @Test func `limits and wishes about retries travel back, the provider's id under another name`() {
        let lines = [
            "x-ratelimit-remaining-requests: 9", "X-RateLimit-Reset-Tokens: 6m0s", "Retry-After: 2",
            "retry-after-ms: 1500", "x-should-retry: false", "X-Request-ID: up-1", "set-cookie: a=b",
            "content-length: 5", "content-encoding: gzip", "server: nginx", "openai-organization: secret",
            "x-ratelimit: 1", "connection: close",
        ]
        let head = AnswerHead(status: 200, lines: Array(lines.map { $0 + "\r\n" }.joined().utf8))
        let relayed = ByteBuffer.text { ForwardedFields.relay(head, rates: true, to: &$0) }
        #expect(
            relayed.split(separator: "\r\n") == [
                "x-ratelimit-remaining-requests: 9", "X-RateLimit-Reset-Tokens: 6m0s", "Retry-After: 2",
                "retry-after-ms: 1500", "x-should-retry: false", "x-upstream-request-id: up-1",
            ])
        let others = ByteBuffer.text { ForwardedFields.relay(head, rates: false, to: &$0) }
        #expect(
            others.split(separator: "\r\n") == [
                "Retry-After: 2", "retry-after-ms: 1500", "x-should-retry: false", "x-upstream-request-id: up-1",
            ])
    }
}
