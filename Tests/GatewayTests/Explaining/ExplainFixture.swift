import Testing
import Upstreams

@testable import Gateway

/// A configuration with a policy of every kind, and requests to ask about.
struct ExplainFixture {
    /// Of the key `sk-test-key-1`.
    static let digest = "c1fa602237f88a7c84dc1cff004a4f10f0e85127b2a3461aa33aea6694808262"

    static let policies = #"""
        [{ "kind": "auth", "require": "key", "except": ["/v1/models"] },
         { "kind": "trim_history", "max_messages": 3, "keep_last": 1 },
         { "kind": "guard", "name": "secrets", "on": ["request"],
           "redact": [{ "pattern": "sk-[a-z]{4,}", "with": "[key]" }],
           "deny": [{ "pattern": "(?i)forbidden", "message": "not here" }] },
         { "kind": "guard", "name": "watch", "deny": [{ "pattern": "weather" }], "mode": "shadow" },
         { "kind": "rate_limit", "name": "minute", "per": "user", "requests": 2, "tokens": 5000 },
         { "kind": "rate_limit", "name": "free", "per": "ip", "requests": 1, "match": { "teams": ["free"] } },
         { "kind": "concurrency", "per": "key", "max": 4, "queue": { "max": 3 } },
         { "kind": "budget", "per": "user", "usd": 1.5, "window": "total" },
         { "kind": "validate", "name": "size", "max_n": 2 },
         { "kind": "validate", "name": "short", "max_messages": 1, "mode": "shadow" },
         { "kind": "cache", "max_temperature": 0 }, { "kind": "cache", "name": "second" }]
        """#

    static let configuration = configuration(policies)

    /// The same with other policies.
    static func configuration(_ policies: String) -> String {
        ConfigFixture.root([
            "listeners": #"""
            [{ "name": "public", "address": "127.0.0.1:8080" },
             { "name": "operators", "address": "127.0.0.1:9090", "serves": ["admin", "metrics"] }]
            """#,
            "upstreams": #"""
            { "echo": { "kind": "echo" },
              "cloud": { "kind": "openai", "base_url": "https://api.example.com/v1", "api_key": { "env": "CLOUD_KEY" },
                         "headers": { "openai-organization": "org-secret" } } }
            """#,
            "models": #"""
            [{ "name": "gpt-*", "context_tokens": 9000, "price": { "input_per_million_usd": 1, "output_per_million_usd": 1 },
               "targets": [{ "upstream": "cloud", "model": "gpt-real", "weight": 3 }, { "upstream": "echo" }] }]
            """#,
            "keys": #"""
            [{ "id": "k1", "sha256": "\#(digest)", "user": "ann", "team": "research" },
             { "id": "old", "sha256": "\#(String(repeating: "ab", count: 32))", "expires": "2020-01-01T00:00:00Z" }]
            """#,
            "policies": policies,
            "admin": #"{ "keys": [{ "id": "root", "sha256": "\#(rootDigest)" }] }"#,
        ])
    }

    /// Of the key `sk-root-key`.
    static let rootDigest = SHA256.hash(Array("sk-root-key".utf8)).hexadecimal

    let configuration: Configuration
    let bench: ExplainBench

    init(_ text: String = Self.configuration, secret: String = "sk-cloud-secret") throws {
        configuration = try ConfigFixture.load(text, environment: ["CLOUD_KEY": secret])
        bench = try ExplainBench(configuration)
    }

    /// What is told of a request as a file holds it.
    func explain(
        _ file: String, key: String? = "sk-test-key-1", keyID: String? = nil, listener: String = "public"
    ) throws -> Explanation {
        var origin = ExplainedRequest.Origin(listener: try ExplainedRequest.listener(listener, configuration))
        origin.keyID = keyID
        return try bench.explain(
            ExplainedRequest(file: Array(file.utf8), key: key, from: origin, maxHeadBytes: 16_384))
    }

    /// A completion of these texts, by turns of user and assistant.
    static func chat(_ texts: String..., more: String = "") -> String {
        let messages = texts.enumerated().map { index, text in
            #"{"role":"\#(index.isMultiple(of: 2) ? "user" : "assistant")","content":"\#(text)"}"#
        }
        return #"{"model":"gpt-4o","messages":[\#(messages.joined(separator: ","))]\#(more)}"#
    }
}

extension Explanation {
    /// Verdicts by policy.
    var verdicts: [String: String] {
        Dictionary(uniqueKeysWithValues: policies.map { ($0.name, $0.verdict.rawValue) })
    }

    func policy(_ name: String) throws -> PolicyExplanation { try #require(policies.first { $0.name == name }) }

    var json: String {
        var output = ByteBuffer()
        write(to: &output)
        return String(decoding: output.copy(), as: UTF8.self)
    }
}
