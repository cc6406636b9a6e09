import Testing

@testable import Policies

@Suite("Limits together")
struct LimitLedgerTests {
    private static let second = LimitsFixture.second

    @Test("As many are admitted as allowed, per subject, and again after the window")
    func exact() {
        var f = LimitsFixture()
        let rule = f.rule(.rate(RateSetting(.requests, limit: 7, window: Self.second)))
        #expect(f.admitted(of: 20, [rule]) == 7)
        #expect(f.admitted(of: 20, [rule], LimitsFixture.facts("bob")) == 7)
        f.pass(nanoseconds: Self.second - 1)
        #expect(f.admitted(of: 20, [rule]) == 0)
        f.pass(nanoseconds: 1)
        #expect(f.admitted(of: 20, [rule]) == 7)
    }

    @Test("A request that one limit refuses takes nothing of the others, in either order")
    func allOrNothing() {
        for isReversed in [false, true] {
            var f = LimitsFixture()
            let wide = f.rule("wide", .rate(RateSetting(.requests, limit: 5, window: Self.second)))
            let narrow = f.rule("narrow", per: .key, .rate(RateSetting(.requests, limit: 2, window: Self.second)))
            let places = f.rule("places", .concurrency(ConcurrencySetting(max: 100, lease: Self.second)))
            let budget = f.rule("budget", .budget(BudgetSetting(.tokens, limit: 1000, period: .total)))
            let rules = isReversed ? [budget, places, narrow, wide] : [wide, narrow, places, budget]
            #expect(f.admitted(of: 10, rules, LimitsFixture.facts(key: "a")) == 2)
            #expect(f.ledger.underWay(places, subject: "ann", at: f.now) == 2)
            #expect(f.ledger.used(of: budget, subject: "ann", at: f.now) == 40)
            #expect(f.admitted(of: 10, rules, LimitsFixture.facts(key: "b")) == 2)
            #expect(f.admitted(of: 10, rules, LimitsFixture.facts(key: "c")) == 1)
        }
    }

    @Test("The refusal that keeps out longest is told, with its numbers")
    func longest() throws {
        var f = LimitsFixture()
        let quick = f.rule("quick", .rate(RateSetting(.requests, limit: 1, window: Self.second)))
        let slow = f.rule("slow", .rate(RateSetting(.requests, limit: 1, window: 60 * Self.second)))
        _ = f.admit([quick, slow])
        f.pass(nanoseconds: Self.second / 2)
        let refusal = try #require(f.admit([quick, slow]).refusal)
        #expect(refusal.policy == "slow")
        #expect(
            refusal.refusal
                == Refusal(
                    .requests,
                    "Rate limit 'slow' reached for user ann: limit 1 requests per 1m0s, used 1, needed 1."
                        + " Please try again in 59.5s.", retryAfter: 59_500))
        #expect(refusal.figures.requests == .init(limit: 1, remaining: 0, reset: 59_500_000_000))
        #expect(Set(refusal.decisions.map(\.policy)) == ["quick", "slow"])
    }

    @Test("The tightest of several limits is shown")
    func tightest() throws {
        var f = LimitsFixture()
        let a = f.rule("a", .rate(RateSetting(.requests, limit: 100, window: Self.second)))
        let b = f.rule("b", .rate(RateSetting(.requests, limit: 3, window: 60 * Self.second)))
        let c = f.rule("c", .rate(RateSetting(.tokens, limit: 500, window: Self.second)))
        let grant = try #require(f.admit([a, b, c]).grant)
        #expect(grant.figures.requests == .init(limit: 3, remaining: 2, reset: 60_000_000_000))
        #expect(grant.figures.tokens == .init(limit: 500, remaining: 480, reset: 1_000_000_000))
    }

    @Test("Shadow limits decide for themselves and change nothing")
    func shadow() throws {
        var f = LimitsFixture()
        let real = f.rule("real", .rate(RateSetting(.requests, limit: 5, window: Self.second)))
        let shadow = f.rule("shadow", isShadow: true, .rate(RateSetting(.requests, limit: 2, window: Self.second)))
        let outcomes = (0..<5).map { _ in f.admit([shadow, real]) }
        let verdicts = outcomes.map { $0.grant?.verdicts.first }
        #expect(verdicts == [.allowed, .allowed, .refused, .refused, .refused])
        #expect(outcomes[0].grant?.figures.requests?.limit == 5)
        let refusal = try #require(f.admit([shadow, real]).refusal)
        #expect(refusal.policy == "real")
    }

    @Test("Tokens are reserved for prompt and output, and what was not used comes back")
    func tokens() throws {
        var f = LimitsFixture()
        let rule = f.rule(.rate(RateSetting(.tokens, limit: 1000, window: 60 * Self.second)))
        let facts = LimitsFixture.facts(prompt: 100, output: 200, n: 2)
        let grant = try #require(f.admit([rule], facts).grant)
        #expect(grant.figures.tokens?.remaining == 500)
        #expect(f.admit([rule], facts).grant != nil)
        #expect(f.admit([rule], facts).refusal?.refusal.kind == .tokens)
        f.ledger.reconcile(grant, TokenUse(input: 90, output: 10), at: f.now)
        let next = try #require(f.admit([rule], LimitsFixture.facts(prompt: 400, output: 0)).grant)
        #expect(next.figures.tokens?.remaining == 0)
        f.ledger.refund(next, .tokens, at: f.now)
        #expect(f.admit([rule], LimitsFixture.facts(prompt: 401, output: 0)).refusal != nil)
        #expect(f.admit([rule], LimitsFixture.facts(prompt: 400, output: 0)).grant != nil)
    }

    @Test("More tokens than were reserved count as well")
    func overrun() throws {
        var f = LimitsFixture()
        let rule = f.rule(.rate(RateSetting(.tokens, limit: 1000, window: 60 * Self.second)))
        let grant = try #require(f.admit([rule]).grant)
        f.ledger.reconcile(grant, TokenUse(input: 500, output: 500), at: f.now)
        #expect(f.admit([rule]).refusal?.figures.tokens?.remaining == 0)
    }

    @Test("A request above the whole limit is told so, and not to come back")
    func tooLarge() throws {
        var f = LimitsFixture()
        let rule = f.rule(.rate(RateSetting(.tokens, limit: 1000, window: 60 * Self.second)))
        let refusal = try #require(f.admit([rule], LimitsFixture.facts(prompt: 900, output: 101)).refusal).refusal
        #expect(refusal.kind == .tokens)
        #expect(refusal.retryAfter == nil)
        #expect(refusal.message.contains("needs about 1001 tokens, and at most 1000"))
    }

    @Test("Without a maximum the learned 95th percentile is reserved, and never a reason to refuse")
    func learned() throws {
        var f = LimitsFixture()
        let rule = f.rule(.rate(RateSetting(.tokens, limit: 10_000, window: 60 * Self.second)))
        let facts = LimitsFixture.facts(prompt: 100, output: nil)
        let first = try #require(f.admit([rule], facts).grant)
        #expect(first.figures.tokens?.remaining == 10_000 - 100 - LimitLedger.unknownAnswer)
        for count in 1...100 {
            let grant = try #require(f.admit([rule], LimitsFixture.facts(prompt: 0, output: 1)).grant)
            f.ledger.reconcile(grant, TokenUse(input: 0, output: count > 95 ? 900 : 5), at: f.now)
            f.pass(nanoseconds: 60 * Self.second)
        }
        #expect(f.admit([rule], facts).grant?.figures.tokens?.remaining == 10_000 - 105)
        _ = f.admit([rule], LimitsFixture.facts(prompt: 9793, output: 0))
        let last = try #require(f.admit([rule], facts).grant)
        #expect(last.figures.tokens?.remaining == 0)
        #expect(f.admit([rule], facts).refusal != nil)
    }

    @Test("A request refused later gets all back, a failed one its tokens")
    func refunds() throws {
        var f = LimitsFixture()
        let requests = f.rule("r", .rate(RateSetting(.requests, limit: 1, window: Self.second)))
        let budget = f.rule("b", .budget(BudgetSetting(.tokens, limit: 20, period: .day)))
        let first = try #require(f.admit([requests, budget]).grant)
        f.ledger.refund(first, .everything, at: f.now)
        let second = try #require(f.admit([requests, budget]).grant)
        f.ledger.refund(second, .tokens, at: f.now)
        #expect(f.ledger.used(of: budget, subject: "ann", at: f.now) ?? 0 == 0)
        #expect(f.admit([requests, budget]).refusal?.policy == "r")
    }

    @Test("The same identity keeps its counters")
    func survival() {
        var f = LimitsFixture()
        #expect(f.ledger.number(of: "a") == f.ledger.number(of: "a"))
        #expect(f.ledger.number(of: "a") != f.ledger.number(of: "b"))
        let number = f.ledger.number(of: "c")
        let old = LimitRule(
            number: number, policy: "c", per: .user, .rate(RateSetting(.requests, limit: 5, window: Self.second)))
        let new = LimitRule(
            number: number, policy: "c", per: .user, .rate(RateSetting(.requests, limit: 8, window: Self.second)))
        #expect(f.admitted(of: 9, [old]) == 5)
        #expect(f.admitted(of: 9, [new]) == 3)
    }
}
