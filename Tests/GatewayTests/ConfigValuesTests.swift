import Policies
import Testing
import Upstreams

@testable import Gateway

/// What sound configurations become.
@Suite("Values of a configuration")
struct ConfigValuesTests {
    @Test("Everything that is left out has its documented default")
    func defaults() throws {
        let configuration = try ConfigFixture.load(ConfigFixture.minimal)
        #expect(configuration.workers == 0)
        #expect(configuration.bounds.maxConnections == 65_536)
        #expect(configuration.bounds.maxHeaderBytes == 65_536)
        #expect(configuration.bounds.maxBodyBytes == 33_554_432)
        #expect(configuration.bounds.maxJSONDepth == 64)
        #expect(configuration.bounds.headerTimeoutMs == 10_000)
        #expect(configuration.bounds.bodyTimeoutMs == 60_000)
        #expect(configuration.bounds.keepAliveTimeoutMs == 75_000)
        #expect(configuration.bounds.writeStallTimeoutMs == 60_000)
        #expect(configuration.bounds.keepAliveCommentMs == 15_000)
        #expect(configuration.bounds.maxLogBytes == 8_388_608)
        #expect(configuration.bounds.drainTimeoutMs == 30_000)
        #expect(configuration.bounds.maxEventBytes == 2_097_152)
        #expect(configuration.bounds.outputHighBytes == 262_144)
        #expect(configuration.bounds.outputLowBytes == 65_536)
        guard case .memory(let memory) = configuration.store else { return }
        #expect(memory.maxBytes == 268_435_456)
        #expect(configuration.listeners[0].serves == [.api, .health])
        #expect(configuration.listeners[0].tls == nil)
        #expect(configuration.models[0].targets[0].weight == 1)
        #expect(configuration.models[0].targets[0].model == nil)
        #expect(configuration.keys.isEmpty && configuration.policies.isEmpty && configuration.admin.keys.isEmpty)
        #expect(configuration.cors.origins.isEmpty)
        #expect(configuration.cors.headers == ["authorization", "content-type"])
        #expect(configuration.telemetry.accessLog == .standardOutput)
        #expect(configuration.telemetry.logLevel == .info)
    }

    @Test("An openai upstream has the documented defaults, and its URL no slash at its end")
    func openaiDefaults() throws {
        let upstream = try #require(
            try ConfigFixture.openaiUpstream(#""base_url": "HTTPS://api.example.com:8443/v1//""#))
        #expect(upstream.baseURL == "https://api.example.com:8443/v1")
        #expect(upstream.timeouts.connectMs == 5000 && upstream.timeouts.firstEventMs == 60_000)
        #expect(upstream.timeouts.idleMs == 60_000 && upstream.timeouts.totalMs == 600_000)
        #expect(upstream.calls.maxInFlight == 1000 && upstream.maxResponseBytes == 67_108_864)
        #expect(upstream.verify && upstream.httpVersion == .auto)
        #expect(upstream.proxy == nil && upstream.noProxy.isEmpty && upstream.caFile == nil && upstream.headers.isEmpty)
        guard case .none = upstream.credential else {
            Issue.record("a credential from nowhere")
            return
        }
    }

    @Test("Upstreams and models keep the order of the file")
    func order() throws {
        let configuration = try ConfigFixture.load(
            ConfigFixture.root([
                "upstreams": #"{ "z": { "kind": "echo" }, "a": { "kind": "echo", "fail_after": 3, "status": null } }"#,
                "models": #"""
                [{ "name": "z*", "targets": [{ "upstream": "z" }, { "upstream": "a", "weight": 3, "model": "m" }],
                   "price": { "input_per_million_usd": 2.5, "output_per_million_usd": 10 }, "context_tokens": 8000.0 },
                 { "name": "a", "targets": [{ "upstream": "a" }] }]
                """#,
            ]))
        #expect(configuration.upstreams.map(\.name) == ["z", "a"])
        #expect(configuration.models.map(\.name) == ["z*", "a"])
        #expect(configuration.models[0].targets.map(\.upstream) == ["z", "a"])
        #expect(configuration.models[0].price?.cost(input: 0, output: 1) == 10_000)
        #expect(configuration.models[0].contextTokens == 8000)
        guard case .echo(let echo) = configuration.upstreams[1].kind else { return }
        #expect(echo.failAfter == 3 && echo.status == nil && echo.chunk == .word)
    }

    @Test("A key is its 32 bytes of hash, its user by default its id")
    func keys() throws {
        let hash = String(repeating: "0aF1", count: 16)
        let configuration = try ConfigFixture.load(
            ConfigFixture.root([
                "keys": #"[{ "id": "k", "sha256": "\#(hash)", "expires": "1970-01-02T01:00:00.5+01:00" }]"#
            ]))
        let key = configuration.keys[0]
        #expect(key.sha256.count == 32 && Array(key.sha256[..<2]) == [0x0A, 0xF1])
        #expect(key.user == "k" && key.team == nil && key.models == ["*"] && key.expires == 86_400)
    }

    @Test(
        "Moments of RFC 3339 become seconds since 1970",
        arguments: [
            ("2030-01-01T00:00:00Z", 1_893_456_000), ("2024-02-29t23:59:59z", 1_709_251_199),
            ("2000-03-01 00:00:00-05:30", 951_888_600), ("1969-12-31T23:59:59Z", -1),
            ("2023-02-29T00:00:00Z", nil), ("2030-13-01T00:00:00Z", nil), ("2030-01-01T24:00:00Z", nil),
            ("2030-01-01T00:00:00", nil), ("2030-01-01", nil), ("2030-01-01T00:00:00.Z", nil),
            ("2030-01-01T00:00:00+1:00", nil), ("", nil),
        ] as [(String, Int?)])
    func timestamps(_ text: String, _ seconds: Int?) {
        #expect(RFC3339.seconds(text) == seconds)
    }

    @Test("A file for the access log is resolved from the configuration's folder")
    func accessLog() throws {
        let configuration = try ConfigFixture.load(
            ConfigFixture.root(["telemetry": #"{ "access_log": "logs/a.jsonl", "otlp_endpoint": null }"#]))
        #expect(configuration.telemetry.accessLog == .file("/nowhere/logs/a.jsonl"))
    }

    @Test("Every default and example of the reference is accepted when it is written out", arguments: [0, 1])
    func examples(_ kind: Int) {
        let text = ConfigJSON.example(of: .object(ConfigSchema.fields), kind: kind).pretty()
        let mistakes = ConfigFixture.mistakes(
            text,
            environment: [
                "OPENAI_API_KEY": "sk-test", "ANTHROPIC_API_KEY": "sk-test", "GEMINI_API_KEY": "sk-test",
                "REDIS_PASSWORD": "secret", "JWT_SECRET": String(repeating: "s", count: 32),
            ])
        // The files are not there, and some of the settings exclude each other.
        let expected = [
            ": cannot read \"/nowhere/", "jwt.jwks_url: give either jwks_file or jwks_url",
            "api_keys: give either api_key or api_keys", "files_upstream: there is no OpenAI upstream",
            "responses_upstream: there is no upstream with",
            "store: expected either url or sentinel", "tasks.journal: expected without a store in Redis",
        ]
        #expect(mistakes.filter { mistake in !expected.contains { mistake.contains($0) } } == [])
        #expect(text.contains("\"keep_alive_comment_ms\": 15000") && text.contains("\"sha256\""))
    }
}
