import Testing

@testable import Gateway

/// The configuration as operators are shown it.
struct EffectiveConfigurationTests {
    private func effective(_ text: String, environment: [String: String] = [:]) throws -> String {
        EffectiveConfiguration.make(try ConfigFixture.load(text, environment: environment)).compact
    }

    @Test func `what the file leaves out is there with its default`() throws {
        let told = try effective(ConfigFixture.minimal)
        #expect(told.contains(#""workers": 0"#) && told.contains(#""max_body_bytes": "#))
        #expect(told.contains(#""store": { "kind": "memory", "#))
        #expect(told.contains(#""upstreams": { "echo": { "kind": "echo", "chunk": "word", "#))
    }

    @Test func `secrets are masked, and names of secrets stay`() throws {
        let told = try effective(
            ExplainFixture.configuration, environment: ["CLOUD_KEY": "sk-cloud-secret"])
        for secret in ["sk-cloud-secret", "org-secret", ExplainFixture.digest, ExplainFixture.rootDigest] {
            #expect(!told.contains(secret), "\(secret)")
        }
        #expect(told.contains(#""api_key": { "env": "CLOUD_KEY" }"#))
        #expect(told.contains(#""openai-organization": "***""#) && told.contains(#""id": "root", "sha256": "***""#))
    }

    @Test func `what is told is a configuration again, but for what is masked`() throws {
        let first = try effective(ConfigFixture.minimal)
        #expect(try effective(first) == first)
    }

    @Test func `control characters do not break the text`() throws {
        let told = try effective(ConfigFixture.root(["$schema": #""a\u0001\"b""#]))
        #expect(told.contains(##""$schema": "a\u0001\"b""##))
    }
}
