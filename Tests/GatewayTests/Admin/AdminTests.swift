import Policies
import Testing
import Upstreams

@testable import Gateway

/// The operators' surface: who may use it, and what it answers.
struct AdminTests {
    private static func root(
        address: String = "127.0.0.1:1", serves: String = #"["admin"]"#, keys: String = "", policies: String = "[]"
    ) -> String {
        ConfigFixture.root([
            "listeners": #"[{ "name": "public", "address": "\#(address)", "serves": \#(serves) }]"#,
            "keys": #"[{ "id": "k1", "sha256": "\#(ExplainFixture.digest)" }]"#,
            "admin": #"{ "keys": [\#(keys)] }"#,
            "policies": policies,
        ])
    }

    private static let rootKey = #"{ "id": "root", "sha256": "\#(ExplainFixture.rootDigest)" }"#

    private func status(_ fixture: ServiceFixture, _ fields: String..., path: String = "/admin/config") throws -> String
    {
        let lines = ["GET \(path) HTTP/1.1"] + fields + ["connection: close", "", ""]
        return String(try fixture.answer(to: lines.joined(separator: "\r\n")).dropFirst(9).prefix(3))
    }

    @Test(arguments: [
        ("authorization: Bearer sk-root-key", "200"), ("x-api-key: sk-root-key", "200"),
        ("api-key: sk-root-key", "200"),
        ("x-other: 1", "401"), ("authorization: Bearer sk-root-kez", "401"),
        ("authorization: Basic sk-root-key", "401"),
        ("authorization: Bearer sk-test-key-1", "403"),
    ])
    func `with keys configured only their holders are served`(field: String, expected: String) throws {
        let fixture = try ServiceFixture(
            Self.root(
                address: "10.0.0.1:1", serves: #"["admin", "api"]"#, keys: Self.rootKey,
                policies: #"[{ "kind": "auth", "require": "key" }]"#))
        #expect(try status(fixture, "host: gateway.example", field) == expected)
    }

    @Test(arguments: [
        ("host: 127.0.0.1:9", "200"), ("host: localhost", "200"), ("host: [::1]:9", "200"),
        ("host: LOCALHOST:1", "200"),
        ("host: rebound.example", "403"), ("host: 10.0.0.1", "403"),
        ("host: localhost\r\norigin: https://page.example", "403"),
        ("host: localhost\r\nsec-fetch-site: cross-site", "403"),
        ("host: localhost\r\nsec-fetch-site: same-site", "403"), ("host: localhost\r\nsec-fetch-site: none", "403"),
        ("host: localhost:9\r\nsec-fetch-site: same-origin", "200"),
        ("host: localhost:9\r\norigin: http://localhost:9\r\nsec-fetch-site: same-origin", "200"),
        ("host: localhost:9\r\norigin: http://localhost:8\r\nsec-fetch-site: same-origin", "403"),
        ("host: localhost:9\r\norigin: null", "403"),
        ("host: rebound.example\r\norigin: http://rebound.example\r\nsec-fetch-site: same-origin", "403"),
    ])
    func `without keys a listener of its own on loopback serves programs, and no web page but its own`(
        fields: String, expected: String
    ) throws {
        #expect(try status(ServiceFixture(Self.root()), fields) == expected)
    }

    @Test func `a listener that a reload left without keys serves nobody`() throws {
        // The running listener serves clients, too; the new configuration is one in which it would not.
        let fixture = try ServiceFixture(
            Self.root(serves: #"["admin", "api"]"#, keys: Self.rootKey))
        #expect(try status(fixture, "host: localhost", "x-api-key: sk-root-key") == "200")
        try fixture.reload(Self.root())
        #expect(try status(fixture, "host: localhost") == "403")
    }

    @Test func `a refusal has OpenAI's form`() throws {
        let answer = try ServiceFixture(Self.root(keys: Self.rootKey)).answer("GET /admin/config HTTP/1.1")
        #expect(answer.hasPrefix("HTTP/1.1 401") && answer.contains(#""code":"invalid_api_key""#))
        let page = try ServiceFixture(Self.root()).answer("GET /admin/config HTTP/1.1")
        #expect(page.hasPrefix("HTTP/1.1 403") && page.contains(#""type":"permission_error""#))
    }

    @Test func `the surface is there where a listener serves it, by its methods`() throws {
        let fixture = try ServiceFixture(Self.root())
        #expect(try status(fixture, "host: localhost", path: "/admin/explain") == "405")
        #expect(try status(fixture, "host: localhost", path: "/admin/nothing") == "404")
        let other = try ServiceFixture(ConfigFixture.minimal)
        #expect(try status(other, "host: localhost") == "404")
    }

    @Test func `a running gateway explains by its own counters, and a thousand times changes none`() async throws {
        let policies = #"""
            [{ "kind": "rate_limit", "per": "global", "requests": 3, "window_ms": 86400000 },
             { "kind": "concurrency", "per": "global", "max": 2 },
             { "kind": "budget", "per": "body_user", "tokens": 100000, "window": "total" }]
            """#
        let fixture = try ServiceFixture(
            Self.root(serves: #"["admin", "api"]"#, keys: Self.rootKey, policies: policies))
        let body = #"{"model":"echo","user":"ann","messages":[{"role":"user","content":"hi"}]}"#
        let chat = ConnectionFixture.post("/v1/chat/completions", body, "connection: close\r\n")
        let question = ConnectionFixture.post(
            "/admin/explain", #"{"body":\#(body)}"#, "connection: close\r\nx-api-key: sk-root-key\r\n")
        #expect(try fixture.answer(to: chat).hasPrefix("HTTP/1.1 200"))
        let first = try fixture.answer(to: question)
        #expect(first.hasPrefix("HTTP/1.1 200") && first.contains(#""verdict":"passed""#))
        #expect(first.contains(#""limit":3,"used":1,"remaining":2,"needed":1"#))
        let limiter = fixture.service.runtime.limiter
        let used = await limiter.usage(of: .bodyUser, "ann").map(\.used)
        for _ in 0..<1000 { _ = try fixture.answer(to: question) }
        #expect(await limiter.usage(of: .bodyUser, "ann").map(\.used) == used && used.count == 1)
        #expect(try fixture.answer(to: question).contains(#""limit":3,"used":1,"remaining":2,"needed":1"#))
        #expect(try fixture.answer(to: chat).hasPrefix("HTTP/1.1 200"))
        #expect(try fixture.answer(to: chat).hasPrefix("HTTP/1.1 200"))
        #expect(try fixture.answer(to: chat).hasPrefix("HTTP/1.1 429"))
        let last = try fixture.answer(to: question)
        #expect(last.contains(#""verdict":"refused""#) && last.contains("Rate limit 'rate_limit' reached"))
    }

    @Test func `a client's quota is told in tokens, and only of who is known`() async throws {
        let policies = #"""
            [{ "kind": "budget", "per": "body_client_id", "tokens": 5000, "window": "total" },
             { "kind": "budget", "name": "money", "per": "body_client_id", "usd": 5 }]
            """#
        let fixture = try ServiceFixture(ConfigFixture.root(["policies": policies]))
        let body = #"{"model":"echo","client_id":"c 7","messages":[{"role":"user","content":"one two three"}]}"#
        _ = try fixture.answer(to: ConnectionFixture.post("/v1/chat/completions", body, "connection: close\r\n"))
        let limiter = fixture.service.runtime.limiter
        let used = try #require(await limiter.usage(of: .bodyClientID, "c 7").first?.used)
        #expect(used > 0)
        let known = try fixture.answer("GET /v1/client/info?client_id=c+7 HTTP/1.1")
        #expect(known.hasSuffix(#"{"client_id":"c 7","quota_used":\#(used),"max_quota":5000}"#))
        let unknown = try fixture.answer("GET /v1/client/info?client_id=c8 HTTP/1.1")
        #expect(unknown.hasPrefix("HTTP/1.1 404") && unknown.contains(#""code":"client_not_found""#))
        #expect(try fixture.answer("GET /v1/client/info HTTP/1.1").hasPrefix("HTTP/1.1 400"))
    }
}
