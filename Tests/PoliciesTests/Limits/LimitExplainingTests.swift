import Testing

@testable import Policies

@Suite("Explaining limits")
struct LimitExplainingTests {
    private static let second = LimitsFixture.second

    private static func rate(_ unit: RateSetting.Unit, _ limit: Int) -> LimitRule.Measure {
        .rate(RateSetting(unit, limit: limit, window: 60 * second))
    }

    private static func places(_ max: Int, queue: Int? = nil) -> LimitRule.Measure {
        .concurrency(
            ConcurrencySetting(
                max: max, lease: 60 * second, queue: queue.map { .init(max: $0, deadline: 5 * second) }))
    }

    private static func budget(_ limit: Int, soft: Int? = nil) -> LimitRule.Measure {
        .budget(BudgetSetting(.tokens, limit: limit, period: .day, soft: soft))
    }

    private func explain(
        _ f: LimitsFixture, _ rules: [LimitRule], _ facts: RequestFacts = LimitsFixture.facts()
    ) -> LimitExplanation {
        f.ledger.explain(LimitRequest(facts, rules: rules, model: "m", price: nil), at: f.now)
    }

    @Test("Tells of each rule what is used, what is left and what the request would take")
    func numbers() throws {
        var f = LimitsFixture()
        let rules = [
            f.rule("r", Self.rate(.requests, 5)), f.rule("t", Self.rate(.tokens, 100)),
            f.rule("c", Self.places(3)), f.rule("b", Self.budget(1000, soft: 10)),
        ]
        _ = f.admit(rules)
        f.pass(nanoseconds: 10 * Self.second)
        let told = explain(f, rules)
        #expect(told.refusal == nil)
        #expect(told.rules.map(\.used) == [1, 20, 1, 20])
        #expect(told.rules.map(\.remaining) == [4, 80, 2, 980])
        #expect(told.rules.map(\.amount) == [1, 20, 1, 20])
        #expect(told.rules.map(\.limit) == [5, 100, 3, 1000])
        #expect(told.rules.map(\.verdict) == [.allowed, .allowed, .allowed, .warned])
        #expect(told.rules[0].reset == 50 * Self.second && told.rules[2].reset == nil)
        #expect(told.rules.map(\.subject) == ["ann", "ann", "ann", "ann"])
    }

    @Test("Says of every rule what it would say, refused by another or not, and who would be told")
    func refusals() throws {
        var f = LimitsFixture()
        let rules = [
            f.rule("full", Self.rate(.requests, 1)), f.rule("shadow", isShadow: true, Self.rate(.requests, 1)),
            f.rule("line", Self.places(1, queue: 2)), f.rule("wide", Self.rate(.requests, 9)),
            f.rule("spent", Self.budget(20)),
        ]
        _ = f.admit(rules)
        let told = explain(f, rules)
        #expect(told.rules.map(\.verdict) == [.refused, .refused, .queued, .allowed, .refused])
        #expect(told.rules[2].used == 1 && told.rules[2].waiting == 0)
        #expect(told.refusal?.policy == f.admit(rules).refusal?.policy)
        #expect(told.rules[0].refusal?.message.contains("limit 1 requests per 1m0s") == true)
        #expect(told.rules[4].amount == 20)
    }

    @Test("A thousand explanations change nothing: not a count, not a place, not what the next request is told")
    func traceless() throws {
        var f = LimitsFixture()
        let rules = [
            f.rule("r", Self.rate(.requests, 5)), f.rule("t", Self.rate(.tokens, 100)), f.rule("c", Self.places(3)),
            f.rule("b", Self.budget(100)),
        ]
        _ = f.admit(rules)
        let held = f.ledger.countersHeld
        let before = explain(f, rules)
        for number in 0..<1000 {
            _ = explain(f, rules)
            _ = explain(f, rules, LimitsFixture.facts("new-\(number)"))
        }
        let after = explain(f, rules)
        #expect(f.ledger.countersHeld == held)
        #expect(after.rules.map(\.used) == before.rules.map(\.used))
        #expect(after.rules.map(\.remaining) == before.rules.map(\.remaining))
        #expect(f.admitted(of: 9, rules) == 2, "three places, one of them held")
    }

    @Test("A subject beyond a rule's bound is told the counter that it would share")
    func overflow() throws {
        var f = LimitsFixture()
        let rule = f.rule(maxSubjects: 2, Self.rate(.requests, 3))
        for user in ["a", "b", "c", "d"] { _ = f.admit([rule], LimitsFixture.facts(user)) }
        #expect(explain(f, [rule], LimitsFixture.facts("e")).rules[0].used == 2)
        #expect(explain(f, [rule], LimitsFixture.facts("a")).rules[0].used == 1)
        #expect(f.admitted(of: 5, [rule], LimitsFixture.facts("e")) == 1)
    }

    @Test("What would wait is neither let in nor refused, and does not stand in the line")
    func queued() throws {
        var f = LimitsFixture()
        let rule = f.rule(Self.places(1, queue: 1))
        _ = f.admit([rule])
        for _ in 0..<5 {
            let told = explain(f, [rule])
            #expect(told.rules[0].verdict == .queued && told.rules[0].waiting == 0 && told.refusal == nil)
        }
        guard case .waiting = f.admit([rule]) else {
            Issue.record("the line was taken by explanations")
            return
        }
        #expect(explain(f, [rule]).rules[0].waiting == 1)
        #expect(explain(f, [rule]).refusal != nil)
    }
}
