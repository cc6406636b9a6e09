import Policies
import Testing
import Upstreams

@testable import Gateway

/// Explanations of the policies that edit requests, share answers and cut them.
struct ExplainedEditsTests {
    private static let policies = #"""
        [{ "kind": "auth", "require": "key" },
         { "kind": "pace", "unit": "word", "rate": 20 }, { "kind": "pace", "name": "second", "unit": "line" },
         { "kind": "cache", "scope": "team", "match": { "tags": ["shared"] } },
         { "kind": "headers", "forward": ["x-session"],
           "request": { "set": { "x-team": "{team}" }, "remove": ["openai-beta"] },
           "response": { "set": { "x-served-by": "eu" } } },
         { "kind": "headers", "name": "later", "request": { "set": { "x-later": "1" } }, "mode": "shadow" },
         { "kind": "trim_history", "max_messages": 3, "keep_last": 1 },
         { "kind": "rewrite", "set": { "user": "{user}" }, "remove": ["logit_bias"],
           "system": { "prepend": "Be brief." } },
         { "kind": "rewrite", "name": "hot", "set": { "temperature": 1.5 }, "mode": "shadow" },
         { "kind": "guard", "moderation": { "upstream": "cloud" } }]
        """#

    private func explain(_ file: String, policies: String = policies) throws -> Explanation {
        try ExplainFixture(ExplainFixture.configuration(policies)).explain(file)
    }

    /// A request with a further line in its head.
    private func withField(_ field: String, _ body: String) -> String {
        "POST /v1/chat/completions HTTP/1.1\n\(field)\n\n\(body)"
    }

    @Test func `policies are told in their phases`() throws {
        let told = try explain(ExplainFixture.chat("hello"))
        #expect(
            told.policies.map(\.name) == [
                "auth", "guard", "rewrite", "hot", "trim_history", "headers", "later", "cache", "pace", "second",
            ])
        #expect(told.refusal == nil && told.policies.allSatisfy { $0.isReached })
        #expect(try told.policy("cache").mismatches == [#"no tag, which must match one of ["shared"]"#])
    }

    @Test func `what is sent is what rewriting, trimming and headers leave`() throws {
        let body = ExplainFixture.chat("one", "two", "three", more: #","logit_bias":{"1":2},"seed":1"#)
        let told = try explain(
            withField("x-session: s-1\nopenai-beta: x", body))
        #expect(try told.policy("rewrite").facts.map(\.words) == [#"fields "logit_bias, messages, user""#])
        #expect(
            try told.policy("headers").facts.map(\.words) == [
                #"request headers "openai-beta, x-session, x-team""#, #"sets in answers "x-served-by""#,
            ])
        #expect(told.verdicts["rewrite"] == "changed" && told.verdicts["headers"] == "changed")
        #expect(told.verdicts["trim_history"] == "changed", "the new instructions count")
        let call = try #require(told.model?.targets.first?.call)
        let sent = String(decoding: call.body, as: UTF8.self)
        #expect(sent.contains("Be brief.") && sent.contains(#""user":"ann""#) && sent.contains(#""seed":1"#))
        #expect(!sent.contains("logit_bias") && !sent.contains(#""one""#))
        let fields = Dictionary(call.fields.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(fields["x-team"] == "research" && fields["x-session"] == "s-1" && fields["openai-beta"] == nil)
    }

    @Test func `in shadow mode edits are told, and none of them is sent`() throws {
        let told = try explain(ExplainFixture.chat("hello"))
        #expect(told.verdicts["hot"] == "would_change" && told.verdicts["later"] == "would_change")
        #expect(try told.policy("hot").facts.map(\.words) == [#"fields "temperature""#])
        let call = try #require(told.model?.targets.first?.call)
        #expect(!String(decoding: call.body, as: UTF8.self).contains("temperature"))
        #expect(!call.fields.contains { $0.name == "x-later" })
    }

    @Test func `a moderation is named, not asked`() throws {
        let told = try explain(ExplainFixture.chat("hello"))
        #expect(try told.policy("guard").facts.map(\.words).contains(#"would ask "cloud""#))
        #expect(told.verdicts["guard"] == "passed")
    }

    @Test func `the first pace policy cuts a stream, and no whole answer`() throws {
        let stream = ExplainFixture.chat("hello", more: #","stream":true"#)
        let told = try explain(stream)
        #expect(told.verdicts["pace"] == "changed" && told.verdicts["second"] == "not_matched")
        #expect(
            try told.policy("pace").facts.map(\.words) == [#"unit "word""#, "max delay ms 100", "rate 20.0"])
        #expect(try explain(ExplainFixture.chat("hello")).verdicts["pace"] == "not_matched")
        let resumable = try explain(withField("x-stream-resume: true", stream))
        #expect(resumable.verdicts["pace"] == "not_matched", "offsets have to stay what they are")
    }

    @Test func `a cache policy tells the key and that nothing is there`() throws {
        let policies = #"[{ "kind": "cache" }]"#
        let told = try explain(ExplainFixture.chat("hello"), policies: policies)
        let words = try told.policy("cache").facts.map(\.words)
        #expect(words.contains(#"entry "none""#) && words.contains(#"would serve "no""#))
        let spaced = try explain(ExplainFixture.chat("hello", more: " , \"stream\": true "), policies: policies)
        #expect(try spaced.policy("cache").facts.map(\.words) == words, "the same answer, and the same key")
        let other = try explain(ExplainFixture.chat("other"), policies: policies)
        #expect(try other.policy("cache").facts.map(\.words) != words)
        let kept = try explain(
            withField("cache-control: only-if-cached", ExplainFixture.chat("hello")), policies: policies)
        #expect(kept.refusal?.status == .gatewayTimeout)
    }

    @Test func `who may call is told by each auth policy, also by one that only watches`() throws {
        let policies = #"""
            [{ "kind": "auth", "name": "strict", "require": "key", "mode": "shadow" },
             { "kind": "auth", "name": "open", "require": "open", "allow_open": true },
             { "kind": "auth", "name": "late", "require": "key" }]
            """#
        let fixture = try ExplainFixture(ExplainFixture.configuration(policies))
        let told = try fixture.explain(ExplainFixture.chat("hi"), key: nil)
        #expect(told.refusal == nil)
        #expect(told.verdicts["strict"] == "would_refuse" && told.verdicts["open"] == "passed")
        #expect(told.verdicts["late"] == "not_matched")
        let known = try fixture.explain(ExplainFixture.chat("hi"))
        #expect(known.verdicts["strict"] == "passed")
        #expect(try known.policy("strict").facts.map(\.words).contains(#"user "ann""#))
    }

    @Test func `where only tokens are accepted a key is none`() throws {
        let policies = #"[{ "kind": "auth", "require": "jwt", "jwt": { "secret": { "env": "CLOUD_KEY" } } }]"#
        let fixture = try ExplainFixture(ExplainFixture.configuration(policies), secret: GoldenTokens.secret)
        let told = try fixture.explain(ExplainFixture.chat("hello"), key: nil, keyID: "k1")
        #expect(told.refusal?.status == .unauthorized && told.verdicts["auth"] == "refused")
        let known = try fixture.explain(ExplainFixture.chat("hello"), key: GoldenTokens.hs256)
        #expect(known.refusal == nil && known.identity?.user == "alice")
        #expect(try known.policy("auth").facts.map(\.words) == [#"require "jwt""#, #"user "alice""#])
    }

    @Test func `a provider with an API of its own is told in that API, or why it cannot be asked`() throws {
        let fixture = try ExplainFixture(
            ConfigFixture.root([
                "upstreams": #"{ "claude": { "kind": "anthropic", "api_key": { "env": "CLOUD_KEY" } } }"#,
                "models": #"[{ "name": "gpt-*", "targets": [{ "upstream": "claude", "model": "claude-x" }] }]"#,
            ]))
        let told = try fixture.explain(ExplainFixture.chat("hello"))
        let target = try #require(told.model?.targets.first)
        let call = try #require(target.call)
        #expect(call.url.hasSuffix("/v1/messages") && target.problem == nil)
        #expect(String(decoding: call.body, as: UTF8.self).contains(#""model":"claude-x""#))
        #expect(call.fields.contains { $0.name == "x-api-key" && $0.value == "***" })
        let unfit = try fixture.explain(ExplainFixture.chat("hello", more: #","n":2"#))
        #expect(unfit.model?.targets.first?.call == nil)
        #expect(unfit.model?.targets.first?.problem?.contains("'n'") == true && unfit.text.contains("'n'"))
        #expect(unfit.json.contains(#""request":null,"problem":"#))
    }
}
