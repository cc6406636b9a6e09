import Testing
import Upstreams

@testable import Gateway

/// Requests answered by the gateway as a whole.
struct ExchangeTests {
    private static let page = #"{"origins": ["https://a.example"], "headers": ["authorization", "x-trace"]}"#

    private func count(_ field: String, in answer: String) -> Int {
        answer.lowercased().split(separator: "\r\n").count { $0.hasPrefix(field + ":") }
    }

    @Test func `a preflight says each thing once`() throws {
        let fixture = try ServiceFixture(ConfigFixture.root(["cors": Self.page]))
        let answer = try fixture.answer(
            "OPTIONS /v1/chat/completions HTTP/1.1", "origin: https://a.example",
            "access-control-request-method: POST", "access-control-request-headers: authorization")
        #expect(answer.hasPrefix("HTTP/1.1 204"))
        #expect(answer.contains("access-control-allow-origin: https://a.example\r\n"))
        #expect(answer.contains("access-control-allow-headers: authorization, x-trace\r\n"))
        #expect(answer.contains("access-control-allow-methods: POST, OPTIONS\r\n"))
        for field in [
            "access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers",
            "access-control-max-age", "vary", "allow", "x-request-id",
        ] {
            #expect(count(field, in: answer) == 1, "\(field)")
        }
    }

    @Test func `a page of another origin gets no leave`() throws {
        let fixture = try ServiceFixture(ConfigFixture.root(["cors": Self.page]))
        let answer = try fixture.answer(
            "OPTIONS /v1/models HTTP/1.1", "origin: https://b.example", "access-control-request-method: GET")
        #expect(!answer.contains("access-control-"))
        let simple = try fixture.answer("GET /v1/models HTTP/1.1", "origin: https://a.example")
        #expect(count("access-control-allow-origin", in: simple) == 1)
        #expect(count("access-control-expose-headers", in: simple) == 1)
        #expect(count("access-control-allow-methods", in: simple) == 0)
    }

    @Test(arguments: [
        ("GET /nowhere HTTP/1.1", "404", "unknown_url"), ("PUT /v1/models HTTP/1.1", "405", "method_not_allowed"),
        ("GET /v1/models/unknown HTTP/1.1", "404", "model_not_found"),
        ("GET /metrics HTTP/1.1", "404", "unknown_url"),
    ])
    func `what is not there is told in OpenAI's form`(line: String, status: String, code: String) throws {
        let answer = try ServiceFixture(ConfigFixture.minimal).answer(line)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"))
        let body = try #require(answer.split(separator: "\r\n\r\n").last)
        let error = try JSONParser().parse(Array(body.utf8)).root["error"]
        #expect(error?["code"]?.string == code)
        #expect(error?["type"]?.string == "invalid_request_error")
    }

    @Test func `a stream of the echo model goes through to its end mark`() throws {
        let body = #"{"model":"echo","stream":true,"messages":[{"role":"user","content":"one two"}]}"#
        let answer = try ServiceFixture(ConfigFixture.minimal).answer(
            to: ConnectionFixture.post("/v1/chat/completions", body, "connection: close\r\nx-request-id: mine\r\n"))
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.contains("content-type: text/event-stream; charset=utf-8\r\n"))
        #expect(count("x-request-id", in: answer) == 1)
        #expect(answer.contains("x-request-id: mine\r\n"))
        #expect(answer.contains(#""content":"one ""#) && answer.contains(#""content":"two""#))
        #expect(!answer.contains("usage"), "nobody asked for it")
        #expect(answer.contains("data: [DONE]\n\n\r\n0\r\n\r\n"))
    }
}

extension JSONParser {
    fileprivate func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONDocument {
        try ByteBuffer(bytes).withBytes { (span) throws(JSONError) in try parse(span) }
    }
}
