import Testing

@testable import Policies

/// Quantiles of the recent past.
struct LatencyEstimateTests {
    @Test func `nothing is said of a target that is hardly known`() {
        var seen = LatencyEstimate()
        for _ in 1..<LatencyEstimate.fewest { seen.record(milliseconds: 100) }
        #expect(seen.quantile(0.95) == nil)
        #expect(HedgeSettings().delay(seen) == nil && HedgeSettings(after: 300).delay(seen) == 300)
        seen.record(milliseconds: 100)
        #expect(seen.quantile(0.95) != nil)
    }

    @Test(arguments: [1, 7, 40, 900, 20_000, 500_000])
    func `a quantile is off by an eighth at most`(milliseconds: Int) throws {
        var seen = LatencyEstimate()
        for _ in 0..<100 { seen.record(milliseconds: milliseconds) }
        let told = try #require(seen.quantile(0.95))
        #expect(told >= milliseconds && told <= max(milliseconds + 1, milliseconds * 9 / 8))
    }

    @Test func `five slow calls of a hundred do not move the 95th percentile, ten do`() throws {
        var seen = LatencyEstimate()
        for number in 0..<100 { seen.record(milliseconds: number % 20 == 0 ? 10_000 : 100) }
        #expect(try #require(seen.quantile(0.95)) < 200)
        for number in 0..<100 { seen.record(milliseconds: number % 10 == 0 ? 10_000 : 100) }
        #expect(try #require(seen.quantile(0.95)) >= 10_000)
    }

    @Test func `the past fades`() throws {
        var seen = LatencyEstimate()
        for _ in 0..<5000 { seen.record(milliseconds: 5000) }
        for _ in 0..<10_000 { seen.record(milliseconds: 50) }
        #expect(try #require(seen.quantile(0.95)) < 100)
    }
}
