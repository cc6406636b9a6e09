import Policies
import Testing
import Upstreams

@testable import Gateway

@Suite("Limits of a configuration")
struct LimiterTests {
    private static func configuration(_ policies: String) throws -> Configuration {
        try ConfigFixture.load(
            ConfigFixture.root([
                "policies": policies,
                "listeners": #"""
                [{ "name": "a", "address": "127.0.0.1:1" }, { "name": "b", "address": "127.0.0.1:2" }]
                """#,
                "models": #"""
                [{ "name": "echo", "targets": [{ "upstream": "echo" }],
                   "price": { "input_per_million_usd": 1, "output_per_million_usd": 2 } }]
                """#,
            ]))
    }

    private static let price = TokenPrice(inputPerMillion: 1, outputPerMillion: 2)

    private static func facts(_ user: String = "ann", output: Int = 10) -> RequestFacts {
        RequestFacts(
            dialect: "openai", path: "/v1/chat/completions", model: "echo",
            identity: Identity(keyID: nil, user: user, team: nil, models: []), address: "::1", isStream: true,
            promptTokens: 10, maxOutputTokens: output)
    }

    /// A worker's side of the limits with a loop that nobody runs.
    private struct Bench {
        let loop = EventLoop()
        let table = LimitTable()
        let desk: LimitDesk
        let wakeup = Wakeup()
        let metrics = MetricsRegistry(worker: 0)

        init() { desk = LimitDesk(table: table, loop: loop, owner: 0) }

        func admit(
            _ limiter: Limiter, _ facts: RequestFacts = LimiterTests.facts(), listener: String = "a"
        )
            -> Limiter.Answer
        {
            guard let limits = limiter.limits(of: listener) else { return .admitted(nil) }
            return limiter.admit(facts, limits, model: "echo", price: LimiterTests.price, waking: wakeup)
        }

        func admissions(_ count: Int, _ limiter: Limiter, listener: String = "a") -> [Admission] {
            (0..<count).compactMap { _ in
                if case .admitted(let admission?) = admit(limiter, listener: listener) { admission } else { nil }
            }
        }
    }

    @Test("A policy limits what comes through its listeners, and nothing else")
    func listeners() throws {
        let bench = Bench()
        let limiter = Limiter(
            try Self.configuration(
                #"[{ "kind": "rate_limit", "per": "user", "requests": 2, "match": { "listeners": ["a"] } }]"#),
            keeper: bench.desk, metrics: bench.metrics)
        #expect(limiter.limits(of: "a") != nil && limiter.limits(of: "b") == nil)
        #expect(bench.admissions(5, limiter).count == 2)
    }

    @Test("A reload keeps what was counted, under new values too; a new policy begins at nothing")
    func reload() throws {
        let bench = Bench()
        let old = Limiter(
            try Self.configuration(#"[{ "kind": "rate_limit", "per": "user", "requests": 2 }]"#),
            keeper: bench.desk, metrics: bench.metrics)
        let new = Limiter(
            try Self.configuration(
                #"""
                [{ "kind": "rate_limit", "per": "user", "requests": 3 },
                 { "kind": "rate_limit", "name": "other", "per": "user", "requests": 5 }]
                """#), keeper: bench.desk, metrics: bench.metrics)
        #expect(bench.admissions(5, old).count == 2)
        #expect(bench.admissions(5, new).count == 1)
    }

    @Test("Two policies of one name, kind and subject have counters of their own")
    func sameName() throws {
        let bench = Bench()
        let limiter = Limiter(
            try Self.configuration(
                #"""
                [{ "kind": "rate_limit", "per": "user", "requests": 4, "window_ms": 1000 },
                 { "kind": "rate_limit", "per": "user", "requests": 4, "window_ms": 60000 }]
                """#), keeper: bench.desk, metrics: bench.metrics)
        #expect(bench.admissions(9, limiter).count == 4)
    }

    @Test("Whoever lets go of an admission gives back its places and tokens, and releasing twice frees one place")
    func letGo() async throws {
        let bench = Bench()
        let limiter = Limiter(
            try Self.configuration(
                #"""
                [{ "kind": "concurrency", "per": "user", "max": 2 },
                 { "kind": "budget", "name": "total", "per": "user", "tokens": 1000, "window": "total" }]
                """#), keeper: bench.desk, metrics: bench.metrics)
        for _ in 0..<1000 { #expect(bench.admissions(5, limiter).count == 2) }
        #expect(await limiter.usage(of: .user, "ann").map(\.used).allSatisfy { $0 == 0 })
        let held = bench.admissions(2, limiter)
        held[0].release()
        held[0].release()
        let next = bench.admissions(5, limiter)
        #expect(next.count == 1)
        next[0].reconcile(TokenUse(input: 3, output: 4))
        next[0].refund(.everything)
        #expect(await limiter.usage(of: .user, "ann").first?.used == 7 + 2 * 20)
        withExtendedLifetime(held) {}
    }

    @Test("Budgets in dollars go by the price of the model, and their use can be asked for")
    func dollars() async throws {
        let bench = Bench()
        let limiter = Limiter(
            try Self.configuration(#"[{ "kind": "budget", "name": "money", "per": "user", "usd": 0.0001 }]"#),
            keeper: bench.desk, metrics: bench.metrics)
        let held = bench.admissions(9, limiter)
        #expect(held.count == 3, "10 tokens for 1 and 10 for 2 millionths of a dollar make 30 millionths")
        let usage = try #require(await limiter.usage(of: .user, "ann").first)
        #expect(usage.policy == "money" && usage.used == 90_000 && usage.setting.limit == 100_000)
        #expect(await limiter.usage(of: .user, "nobody").isEmpty)
        #expect(await limiter.usage(of: .team, "ann").isEmpty)
    }

    @Test("Limits name the header fields that they read")
    func headerNames() throws {
        let bench = Bench()
        let limiter = Limiter(
            try Self.configuration(
                #"""
                [{ "kind": "rate_limit", "per": "header:X-Tenant", "requests": 1,
                   "match": { "headers": { "X-Tier": "free" } } },
                 { "kind": "concurrency", "per": "user", "max": 1, "queue": { "max": 1 },
                   "priority": [{ "headers": { "X-Priority": "high" } }] }]
                """#), keeper: bench.desk, metrics: bench.metrics)
        #expect(limiter.headerNames == ["x-tenant", "x-tier", "x-priority"])
    }

    @Test("Rates are written as OpenAI writes them")
    func rateHeaders() throws {
        let bench = Bench()
        let limiter = Limiter(
            try Self.configuration(
                #"[{ "kind": "rate_limit", "per": "user", "requests": 600, "tokens": 1000, "window_ms": 360000 }]"#),
            keeper: bench.desk, metrics: bench.metrics)
        let admission = try #require(bench.admissions(1, limiter).first)
        var text = ByteBuffer()
        text.append(admission.figures)
        #expect(
            String(decoding: text.copy(), as: UTF8.self) == """
                x-ratelimit-limit-requests: 600\r
                x-ratelimit-remaining-requests: 599\r
                x-ratelimit-reset-requests: 6m0s\r
                x-ratelimit-limit-tokens: 1000\r
                x-ratelimit-remaining-tokens: 980\r
                x-ratelimit-reset-tokens: 6m0s\r

                """)
    }
}
