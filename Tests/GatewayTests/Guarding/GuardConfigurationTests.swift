import Testing

@testable import Gateway

@Suite("Configuration of guards")
struct GuardConfigurationTests {
    private func mistakes(_ members: String) -> [String] {
        ConfigFixture.mistakes(ConfigFixture.root(["policies": #"[{ "kind": "guard", \#(members) }]"#]))
    }

    @Test("An expression that cannot serve is told with its place and the reason")
    func expressions() {
        let path = "policies[0].deny[0].pattern"
        #expect(
            mistakes(#""deny": [{ "pattern": "a(b" }]"#)
                == [#"\#(path): "a(b" cannot be looked for: RE2 does not take it: missing ): a(b"#])
        #expect(
            mistakes(#""deny": [{ "pattern": "(?=a)" }]"#)
                == [#"\#(path): "(?=a)" cannot be looked for: RE2 does not take it: invalid perl operator: (?="#])
        #expect(
            mistakes(#""deny": [{ "pattern": "x*" }]"#)
                == [
                    #"\#(path): "x*" cannot be looked for: it matches the empty text, and so would be found everywhere"#
                ])
        #expect(mistakes(#""deny": [{ "pattern": 7 }]"#) == ["\(path): expected a regular expression, found 7"])
    }

    @Test("A guard that is told nothing to look for is a mistake")
    func idle() {
        #expect(
            mistakes(#""name": "idle""#) == [
                "policies[0]: nothing to do: give deny, redact, words, builtin, max_answer_chars or moderation"
            ])
    }

    @Test("Mistakes in every part are told at once")
    func parts() {
        let all = mistakes(
            #"""
            "on": ["requests"], "max_match_bytes": 1, "redact": [{ "with": "x" }], "words": [{ "list": [] }],
            "builtin": [{ "find": "emial", "action": "hide" }], "moderation": { "upstream": "openai" }
            """#)
        #expect(
            Set(all.map { String($0.prefix { $0 != ":" }) }) == [
                "policies[0].redact[0].pattern", "policies[0].on[0]", "policies[0].max_match_bytes",
                "policies[0].words[0].list", "policies[0].builtin[0].find", "policies[0].builtin[0].action",
                "policies[0].moderation.upstream",
            ])
        #expect(all.contains { $0.contains(#"did you mean "email"?"#) })
        #expect(all.contains(#"policies[0].moderation.upstream: there is no OpenAI upstream "openai""#))
    }

    @Test("Without rules a guard looks at nothing; by default it looks at both sides")
    func defaults() throws {
        let empty = try GuardFixture.policy(#""deny": []"#)
        #expect(empty.rules.isEmpty && !empty.settings.actsOnAnswers)
        let policy = try GuardFixture.policy(#""builtin": [{ "find": "email" }]"#)
        #expect(policy.settings.looksAtRequests && policy.settings.actsOnAnswers)
        #expect(policy.settings.maxMatchBytes == 512 && policy.settings.maxAnswerChars == nil)
    }
}
