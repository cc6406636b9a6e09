import Testing

@testable import Gateway

/// The gateway's own last hour.
struct HistoryTests {
    private func totals(at time: Int, _ change: (inout HistoryTotals) -> Void = { _ in }) -> HistoryTotals {
        var totals = HistoryTotals()
        totals.at = time
        change(&totals)
        return totals
    }

    @Test func `a look counts what all workers have counted`() {
        let registry = MetricsFixture.everything()
        let look = HistoryTotals([registry.snapshot(), registry.snapshot()], cpu: 5, at: 100)
        #expect(look.requests == 4 && look.errors == [0, 0, 2] && look.cacheRequests == 2 && look.cacheHits == 2)
        #expect(look.tokensIn == 200 && look.tokensOut == 22 && look.firstToken.reduce(0, +) == 2)
        #expect(look.cpuNanoseconds == 5 && look.at == 100)
    }

    @Test func `a point is what lies between two looks, and its percentiles look three steps back`() throws {
        let history = History()
        history.add(totals(at: 100) { $0.requests = 10 })
        #expect(history.points.isEmpty)
        history.add(
            totals(at: 110) {
                $0.requests = 15
                $0.inFlight = 3
                $0.nanodollars = 2_500_000
                // Four observations of at most 1 ms.
                $0.firstToken[0] = 4
            })
        let point = try #require(history.points.last)
        #expect(point.at == 110 && point.seconds == 10 && point.requests == 5 && point.inFlight == 3)
        #expect(point.nanodollars == 2_500_000)
        #expect(point.firstTokenMedian == 500_000)
        for time in [120, 130] { history.add(totals(at: time) { $0.firstToken[0] = 4 }) }
        #expect(history.points.map { $0.firstTokenMedian != nil } == [true, true, true])
        history.add(totals(at: 140) { $0.firstToken[0] = 4 })
        #expect(history.points.last?.firstTokenMedian == nil)
    }

    @Test func `an hour is kept, and the oldest goes first`() {
        let history = History()
        for step in 0...(History.capacity + 7) { history.add(totals(at: step * History.step)) }
        let times = history.points.map(\.at)
        #expect(times.count == History.capacity && times == times.sorted())
        #expect(times.first == 8 * History.step && times.last == (History.capacity + 7) * History.step)
    }

    @Test(arguments: [
        ([0: 1], 50, 500_000), ([0: 1, 1: 1], 50, 1_000_000), ([0: 1, 1: 1], 95, 4_600_000),
        ([16: 3], 50, 10_000_000_000), ([2: 100, 15: 1], 95, 9_797_500),
    ])
    func `percentiles lie evenly within their buckets`(_ filled: [Int: Int], _ share: Int, _ expected: Int) {
        var counts = [Int](repeating: 0, count: 17)
        for (index, count) in filled { counts[index] = count }
        #expect(HistoryPoint.percentile(share, of: counts) == expected)
        #expect(HistoryPoint.percentile(share, of: [Int](repeating: 0, count: 17)) == nil)
    }
}
