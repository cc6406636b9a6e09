import Testing

@testable import Policies

@Suite("Budgets")
struct BudgetTests {
    private static let price = TokenPrice(inputPerMillion: 2.5, outputPerMillion: 10)

    @Test(
        "Periods follow the calendar in UTC",
        arguments: [
            (BudgetPeriod.hour, 1_700_000_000, 1_700_002_800), (.day, 1_700_000_000, 1_700_006_400),
            (.month, 1_700_000_000, 1_701_388_800), (.month, 0, 2_678_400), (.month, 951_782_400, 951_868_800),
            (.month, 1_709_164_800, 1_709_251_200), (.month, 1_709_251_199, 1_709_251_200),
            (.month, 1_709_251_200, 1_711_929_600), (.month, 4_107_456_000, 4_107_542_400), (.day, 86_399, 86_400),
            (.day, 86_400, 172_800),
        ])
    func periods(_ period: BudgetPeriod, _ seconds: Int, _ end: Int) {
        #expect(period.end(of: period.index(at: seconds)) == end)
    }

    @Test("A period begins where the one before it ends", arguments: [BudgetPeriod.hour, .day, .month])
    func consecutive(_ period: BudgetPeriod) throws {
        var index = period.index(at: 0)
        for _ in 0..<2000 {
            let end = try #require(period.end(of: index))
            #expect(period.index(at: end - 1) == index)
            #expect(period.index(at: end) == index + 1)
            index += 1
        }
    }

    @Test("Dollars are counted to the billionth, by the model's price")
    func dollars() throws {
        var f = LimitsFixture()
        let rule = f.rule("money", .budget(BudgetSetting(.nanodollars, limit: 1_000_000, period: .day)))
        let facts = LimitsFixture.facts(prompt: 100, output: 50)
        let grant = try #require(f.admit([rule], facts, price: Self.price).grant)
        #expect(f.ledger.used(of: rule, subject: "ann", at: f.now) == 750_000)
        let refusal = try #require(f.admit([rule], facts, price: Self.price).refusal).refusal
        #expect(refusal.kind == .quota)
        #expect(
            refusal.message
                == "Budget 'money' of user ann is exhausted: 0.001 USD per day, used 0.00075 USD, needed about"
                + " 0.00075 USD. It starts anew in 1h46m40s.")
        #expect(refusal.retryAfter == 6_400_000)
        f.ledger.reconcile(grant, TokenUse(input: 100, output: 1), at: f.now)
        #expect(f.ledger.used(of: rule, subject: "ann", at: f.now) == 260_000)
        #expect(f.admit([rule], facts).grant != nil)
    }

    @Test("A new period starts anew, and late usage of the old one is not counted in it")
    func newPeriod() throws {
        var f = LimitsFixture()
        let rule = f.rule(.budget(BudgetSetting(.tokens, limit: 30, period: .hour)))
        let grant = try #require(f.admit([rule]).grant)
        #expect(f.admit([rule]).refusal != nil)
        f.now.seconds += 2800
        #expect(f.admit([rule]).grant != nil)
        f.ledger.reconcile(grant, TokenUse(input: 500, output: 500), at: f.now)
        #expect(f.ledger.used(of: rule, subject: "ann", at: f.now) == 20)
        f.now.seconds -= 2800
        #expect(f.admit([rule]).refusal != nil, "a clock set back does not bring the old period back")
    }

    @Test("A total never starts anew and is never dropped")
    func total() throws {
        var f = LimitsFixture()
        let rule = f.rule(.budget(BudgetSetting(.tokens, limit: 20, period: .total)))
        #expect(f.admitted(of: 2, [rule]) == 1)
        f.pass(nanoseconds: 400 * 86_400 * LimitsFixture.second)
        for number in 0..<100 { _ = f.admit([rule], LimitsFixture.facts("user-\(number)")) }
        let refusal = try #require(f.admit([rule]).refusal).refusal
        #expect(refusal.retryAfter == nil)
        #expect(refusal.message.hasSuffix("It does not start anew."))
    }

    @Test("Above the soft threshold requests pass and are counted")
    func soft() {
        var f = LimitsFixture()
        let rule = f.rule(.budget(BudgetSetting(.tokens, limit: 100, period: .day, soft: 40)))
        let verdicts = (0..<6).map { _ in f.admit([rule]).grant?.verdicts.first }
        #expect(verdicts == [.allowed, .allowed, .warned, .warned, .warned, nil])
    }

    @Test("A small rest is given to a request that does not say how much it wants")
    func rest() {
        var f = LimitsFixture()
        let rule = f.rule(.budget(BudgetSetting(.tokens, limit: 100, period: .day)))
        let grant = f.admit([rule], LimitsFixture.facts(prompt: 10, output: nil)).grant
        #expect(grant != nil)
        #expect(f.ledger.used(of: rule, subject: "ann", at: f.now) == 100)
        #expect(f.admit([rule], LimitsFixture.facts(prompt: 0, output: nil)).refusal != nil)
    }
}
