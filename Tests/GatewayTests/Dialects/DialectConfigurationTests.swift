import Policies
import Testing

@testable import Gateway

/// The section `dialects` of the configuration.
struct DialectConfigurationTests {
    private func load(_ dialects: String) throws -> DialectsConfiguration {
        try ConfigFixture.load(ConfigFixture.root(["dialects": dialects])).dialects
    }

    private func mistakes(_ dialects: String) -> [String] {
        ConfigFixture.mistakes(ConfigFixture.root(["dialects": dialects]))
    }

    @Test func `a dialect that is left out is not there`() throws {
        let none = try ConfigFixture.load(ConfigFixture.minimal).dialects
        #expect(none.question == nil && none.code == nil && none.ask == nil)
        #expect(try load("{}").ask == nil)
    }

    @Test func `defaults are those of the API page`() throws {
        let all = try load(#"{"question": {"model": "echo"}, "code": {"model": "echo"}, "ask": {"model": "echo"}}"#)
        let question = try #require(all.question)
        #expect(question.cacheTTLSeconds == 900 && question.system == nil && question.scope == .user)
        let tries = try #require(all.code).tries
        #expect(tries.attempts == 3 && tries.backoffMs == 1000 && tries.factor == 2)
        #expect(tries.operationTimeoutMs == 60_000 && tries.totalTimeoutMs == 120_000)
        #expect(try #require(all.ask).doneMarker)
    }

    @Test func `a model must be one that is served`() {
        #expect(
            mistakes(#"{"ask": {"model": "ehco"}}"#)
                == [#"dialects.ask.model: no model is for "ehco" (did you mean "echo"?)"#])
        #expect(mistakes(#"{"code": {}}"#) == ["dialects.code.model: missing; it is required"])
        let stars = ConfigFixture.root([
            "models": #"[{ "name": "gpt-*", "targets": [{ "upstream": "echo" }] }]"#,
            "dialects": #"{"question": {"model": "gpt-4o"}}"#,
        ])
        #expect(ConfigFixture.mistakes(stars).isEmpty)
    }

    @Test func `times and numbers have bounds`() {
        let found = mistakes(
            #"{"code": {"model": "echo", "attempts": 0, "jitter": 2, "factor": 0.5, "total_timeout_ms": 0}}"#)
        #expect(found.count == 4)
        #expect(mistakes(#"{"question": {"model": "echo", "cache_ttl_seconds": -1}}"#).count == 1)
        #expect(mistakes(#"{"agent": {"max_tool_rounds": 0}}"#).count == 1)
    }
}
