import Policies
import Testing

/// What tokens cost.
@Suite struct TokenPriceTests {
    private static let price = TokenPrice(inputPerMillion: 2.5, outputPerMillion: 10, cachedInputPerMillion: 1.25)

    @Test(
        "Input, output and cached input have prices of their own",
        arguments: [
            (1_000_000, 0, 0, 2_500_000_000), (0, 1_000_000, 0, 10_000_000_000), (100, 0, 100, 125_000),
            (7, 2, 4, 32_500), (10, 0, 99, 12_500), (10, 0, -5, 25_000), (0, 0, 0, 0),
        ])
    func cost(input: Int, output: Int, cached: Int, nanodollars: Int) {
        #expect(Self.price.cost(input: input, output: output, cached: cached) == nanodollars)
    }

    @Test("Without a price of its own cached input costs as all input")
    func cachedAsInput() {
        let price = TokenPrice(inputPerMillion: 2.5, outputPerMillion: 10)
        #expect(price.cost(input: 100, output: 0, cached: 100) == price.cost(input: 100, output: 0))
    }

    @Test("Parts of a nano-dollar are rounded up, and no price makes a sum overflow")
    func bounds() {
        #expect(TokenPrice(inputPerMillion: 0.000_1, outputPerMillion: 0).cost(input: 1, output: 0) == 1)
        let dear = TokenPrice(inputPerMillion: 1_000_000, outputPerMillion: 1_000_000)
        #expect(dear.cost(input: .max, output: .max) == 100_000_000_000_000_000)
    }

    @Test("A budget takes the price of who answered where it is known, else that of the model that was asked for")
    func budget() throws {
        var f = LimitsFixture()
        let rule = f.rule("money", .budget(BudgetSetting(.nanodollars, limit: 1_000_000_000, period: .day)))
        let facts = LimitsFixture.facts(prompt: 7, output: 2)
        for (use, expected) in [
            (TokenUse(input: 7, output: 2, cached: 4), 32_500),
            (TokenUse(input: 7, output: 2, cached: 4, nanodollars: 9), 32_509),
        ] {
            let grant = try #require(f.admit([rule], facts, price: Self.price).grant)
            f.ledger.reconcile(grant, use, at: f.now)
            #expect(f.ledger.used(of: rule, subject: "ann", at: f.now) == expected)
        }
    }
}
