import Policies
import Testing
import Upstreams

@testable import Gateway

/// The first look of a guard: it may see too much, but never too little.
@Suite("Needles")
struct NeedlesTests {
    private func needles(_ pattern: String) throws -> Needles? {
        try NeedleFinder.needles([GuardPattern(pattern).node])
    }

    @Test("Each built-in kind has needles, and all four together")
    func builtIn() throws {
        let patterns = try BuiltInPattern.allCases.map { try GuardPattern($0.expression, check: $0.check).node }
        for pattern in patterns { #expect(try NeedleFinder.needles([pattern]) != nil) }
        let needles = try #require(try NeedleFinder.needles(patterns))
        let sentence = "Throughput went from 12.5 to 14.1 tok/s (turn 7), é.g 漢字. "
        let plain = Array(String(repeating: sentence, count: 50).utf8)
        #expect(unsafe !needles.mayOccur(in: plain.span.bytes))
    }

    @Test(
        "What an expression finds is seen wherever it stands in a text",
        arguments: [
            ("(?i)ignore all previous", "iGNore ALL prevIOUS"), ("(?i)task", "ta\u{17F}K"),
            ("(?i)kiosk", "\u{212A}iosk"),
            ("sk-[A-Za-z0-9]{20,}", "sk-0123456789abcdefghijXYZ"), ("a?b{3,}c*d", "bbbd"), ("é[0-9]é", "é5é"),
            ("(?:abc|de)[xyz]{2}", "dexz"), ("(?:a|bb)c", "bbc"), (#"\d{3}-\d{4}"#, "555-1234"),
            ("x(?:yz){2,3}w", "xyzyzyzw"),
            ("[^a]b@", "éb@"), ("@.c", "@漢c"), ("(?:q@)?z@z", "z@z"), (#"@\pLz"#, "@éz"), ("@@|#é", "#é"),
            (BuiltInPattern.email.expression, "a@b.de"), (BuiltInPattern.card.expression, "3782-822463-10005"),
            (BuiltInPattern.card.expression, "4111111111111111"),
            (BuiltInPattern.phone.expression, "+49 (0)30 1234567"),
            (BuiltInPattern.phone.expression, "(415) 555-2671"),
            (BuiltInPattern.apiKey.expression, "AKIAIOSFODNN7EXAMPLE"),
        ])
    func findsEverywhere(_ pattern: String, _ match: String) throws {
        let expression = try RegularExpression(pattern)
        guard let needles = try needles(pattern) else { return }
        for before in [0, 1, 2, 3, 5, 29, 30, 31, 32, 33, 60, 61, 62, 63, 64] {
            for after in [0, 1, 2, 3, 4, 28, 31, 32, 33, 40] {
                let text = Array(
                    (String(repeating: " ", count: before) + match + String(repeating: " ", count: after)).utf8)
                #expect(unsafe expression.occurs(in: text.span.bytes))
                #expect(unsafe needles.mayOccur(in: text.span.bytes), "\(before) before, \(after) after")
            }
        }
    }

    @Test("No text that an expression finds is overlooked")
    func random() throws {
        let patterns = [
            "@[ab]+\\.", "a@|b@", "[ab]{2,3}@", "(?i)@k", "é@?b@", "@(?:a|bé|.)b", "(?:a@){2}", "@\\b|@a", "[^b]@[^a]",
        ]
        for pattern in patterns {
            let expression = try RegularExpression(pattern)
            let needles = try #require(try needles(pattern), "\(pattern)")
            var random = GuardRandom(seed: 5)
            for _ in 0..<2000 {
                let text = Array(random.text(of: ["a", "b", "@", ".", "é", " ", "K", "\u{212A}"], count: 12).utf8)
                guard unsafe expression.occurs(in: text.span.bytes) else { continue }
                #expect(
                    unsafe needles.mayOccur(in: text.span.bytes),
                    "\(pattern) in \(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    @Test(
        "An expression that might match almost anywhere has none",
        arguments: ["[a-z]+", "a|[0-9]", ".", "(?i)[a-z ]{2}"])
    func common(_ pattern: String) throws {
        #expect(try needles(pattern) == nil)
    }

    @Test("Guards pass a whole answer at a glance, unless it holds what they are about, escapes, or too much")
    func answers() throws {
        let builtIn = try GuardFixture.policy(
            #""builtin": [{ "find": "email" }, { "find": "phone" }, { "find": "card" }, { "find": "api_key" }]"#)
        let rule = try GuardFixture.policy(#""redact": [{ "pattern": "sk-[A-Za-z0-9]{20,}", "with": "" }]"#)
        let short = try GuardFixture.policy(#""max_answer_chars": 1000"#)
        let guards = GuardSet([builtIn, rule, short])
        func mayConcern(_ content: String) -> Bool {
            let payload = #"""
                {"id":"chatcmpl-9f2c1e7a8b3d4e5f","object":"chat.completion","created":1760000000,"model":"mock-model",
                "choices":[{"index":0,"message":{"role":"assistant","content":"\#(content)","refusal":null},
                "logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":42,"completion_tokens":64,
                "total_tokens":106,"prompt_tokens_details":{"cached_tokens":0}},"system_fingerprint":"fp_mock"}
                """#
            return unsafe guards.mayConcern(answer: Array(payload.utf8).span.bytes)
        }
        #expect(!mayConcern("Paris is the capital of France, home to about twelve million people (2025)."))
        #expect(mayConcern("Write to ada@example.org."))
        #expect(mayConcern("sk-0123456789abcdefghij"))
        #expect(mayConcern(#"ada@example.org"#))
        #expect(mayConcern(String(repeating: "long ", count: 200)))
    }

    @Test("Text that escapes hide is seen in a request all the same")
    func escapes() throws {
        let policy = try GuardFixture.policy(#""builtin": [{ "find": "email" }]"#)
        let document = try GuardFixture.parse(
            #"{"messages":[{"role":"user","content":"to ada\u0040example.org"}]}"#)
        var look = RequestGuard([policy])
        guard case .rewritten(let text) = look.apply(to: document.root) else {
            Issue.record("not found")
            return
        }
        #expect(String(decoding: text.copy(), as: UTF8.self).contains("to [email]"))
    }
}
