import Testing

@testable import Gateway

/// One file with many mistakes: all are told, in the order of the file, each at its place.
@Suite("Mistakes of a configuration")
struct ConfigMistakesTests {
    static let planted = #"""
        {
          "$schema": "./gateway.schema.json",
          "listeners": [
            { "name": "public", "adress": "127.0.0.1:8080" },
            { "name": "grüße", "address": "localhost:8080" },
            { "name": "public", "address": "0.0.0.0:80", "serves": ["api", "metric"] },
            { "name": "p2", "address": "0.0.0.0:80",
              "tls": { "certificates": [{ "certificate_file": "a.pem", "key_file": "/nowhere/a.key" }] } }
          ],
          "workers": "four",
          "bounds": { "max_connections": 0, "max_connexions": 5, "header_timeout_ms": 1.5,
            "output_low_bytes": 300000 },
          "store": { "kind": "etcd" },
          "upstreams": {
            "openai": { "kind": "openai", "base_url": "ftp://example.com", "api_key": "sk-very-secret-key",
              "timeouts": { "idle_ms": -1 }, "retry": { "attempts": 0 } },
            "claude": { "kind": "anthropics", "base_url": "https://example.com" },
            "echo": { "kind": "ecko" },
            "my up": { "chunk": "words" }
          },
          "models": [
            { "name": "a", "targets": [{ "upstream": "opnai", "weight": -1 }] },
            { "name": "ä", "price": null, "targets": [], "deliver": "lnk" },
            { "name": "a", "targets": [{ "upstream": "claude" }] },
            7
          ],
          "keys": [
            { "id": "k", "sha256": "sk-pasted-key", "expires": "2030-02-30T00:00:00Z", "models": [] }
          ],
          "policies": [{ "kind": "auth", "require": "opne" }, { "kind": "rate_limt", "requests": 1 }],
          "dialects": { "question": {} },
          "workers": 2
        }
        """#

    static let told = #"""
        4:5: listeners[0].address: missing; it is required
        4:25: listeners[0].adress: unknown key (did you mean "address"?)
        5:35: listeners[1].address: expected an IP address and port such as "127.0.0.1:8080" or "[::1]:8080", \#
        found "localhost:8080"
        6:15: listeners[2].name: two listeners have this name; it is already on line 4
        6:68: listeners[2].serves[1]: expected one of "api", "metrics", "health", "admin", found "metric" (did \#
        you mean "metrics"?)
        7:32: listeners[3].address: two listeners have this address; it is already on line 6
        8:55: listeners[3].tls.certificates[0].certificate_file: cannot read "/nowhere/a.pem": No such file or \#
        directory
        8:76: listeners[3].tls.certificates[0].key_file: cannot read "/nowhere/a.key": No such file or directory
        10:14: workers: expected an integer from 0 to 1024, found "four"
        11:34: bounds.max_connections: expected an integer from 1 to 1000000, found 0
        11:37: bounds.max_connexions: unknown key (did you mean "max_connections"?)
        11:79: bounds.header_timeout_ms: expected an integer (ms) from 1 to 86400000, found 1.5
        12:25: bounds.output_low_bytes: expected less than output_high_bytes (262144), found 300000
        13:22: store.kind: "etcd" is not available in this version; available: memory, redis
        15:47: upstreams.openai.base_url: expected an http or https URL without user, query and fragment, found \#
        "ftp://example.com"
        15:79: upstreams.openai.api_key: expected { "env": NAME } or { "file": PATH } or { "from": "client" }, \#
        found a string of 18 characters
        16:32: upstreams.openai.timeouts.idle_ms: expected an integer (ms) from 1 to 86400000, found -1
        16:61: upstreams.openai.retry.attempts: expected an integer from 1 to 10, found 0
        17:25: upstreams.claude.kind: "anthropics" is not available in this version; available: openai, \#
        anthropic, gemini, bedrock, http_task, command, echo, magi (did you mean "anthropic"?)
        18:23: upstreams.echo.kind: "ecko" is not available in this version; available: openai, anthropic, gemini, \#
        bedrock, http_task, command, echo, magi (did you mean "echo"?)
        19:14: upstreams["my up"].kind: missing; it is required: openai, anthropic, gemini, bedrock, http_task, \#
        command, echo, magi
        22:46: models[0].targets[0].upstream: there is no upstream "opnai" (did you mean "openai"?)
        22:65: models[0].targets[0].weight: expected an integer from 0 to 1000000, found -1
        23:46: models[1].targets: expected at least 1 in the list, found none
        23:61: models[1].deliver: expected one of "answer", "link", found "lnk" (did you mean "link"?)
        24:15: models[2].name: two models have this name; it is already on line 22
        25:5: models[3]: expected an object, found 7
        28:28: keys[0].sha256: expected a SHA-256 in 64 hexadecimal digits, found a string of 13 characters
        28:56: keys[0].expires: expected a time such as "2030-01-01T00:00:00Z", found "2030-02-30T00:00:00Z"
        28:90: keys[0].models: expected at least 1 in the list, found none
        30:45: policies[0].require: expected one of "key", "jwt", "client_certificate", "open", found "opne" (did you mean "open"?)
        30:65: policies[1].kind: "rate_limt" is not available in this version; available: auth, validate, \#
        rate_limit, concurrency, budget, guard, rewrite, trim_history, headers, cache, pace \#
        (did you mean "rate_limit"?)
        31:29: dialects.question.model: missing; it is required
        32:3: workers: duplicate key; it is already on line 10
        """#

    @Test("All planted mistakes are told at once, each with line, column and path")
    func planted() {
        let issues = ConfigFixture.issues(bytes: Array(Self.planted.utf8))
        let lines = issues.map { String($0.description.dropFirst("g.json:".count)) }
        #expect(lines == Self.told.split(separator: "\n").map(String.init))
    }

    @Test("An error never shows what might be a secret")
    func discretion() {
        let report = ConfigErrors(ConfigFixture.issues(bytes: Array(Self.planted.utf8))).description
        #expect(!report.contains("sk-"))
    }

    @Test("A mistake is told once: what follows from it is not")
    func noConsequences() {
        let text = ConfigFixture.root([
            "listeners": #"[{ "name": "public", "address": "0.0.0.0" }]"#,
            "upstreams": #"{ "echo": { "kind": "oracle" } }"#,
        ])
        let mistakes = ConfigFixture.mistakes(text)
        #expect(mistakes.count == 2)
        #expect(mistakes[0].hasPrefix("listeners[0].address: expected an IP address"))
        #expect(mistakes[1].hasPrefix("upstreams.echo.kind: \"oracle\" is not available"))
    }
}
