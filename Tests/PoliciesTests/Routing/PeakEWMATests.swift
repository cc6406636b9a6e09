import Testing

@testable import Policies

/// Means that believe bad news at once.
struct PeakEWMATests {
    @Test func `a peak is taken at once, and better times slowly`() {
        var mean = PeakEWMA()
        mean.record(100, at: 0)
        mean.record(900, at: 10)
        #expect(mean.mean == 900)
        mean.record(100, at: 1010)
        #expect(mean.mean > 800 && mean.mean < 900)
        for second in 2..<60 { mean.record(100, at: second * 1000) }
        #expect(mean.mean < 130)
    }

    @Test func `what was slow long ago may be tried again`() {
        var mean = PeakEWMA()
        mean.record(900, at: 0)
        #expect(mean.value(at: 0) == 900)
        #expect(mean.value(at: 60_000) < 50)
    }
}
