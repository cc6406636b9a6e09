import Testing

@testable import Gateway

/// Counting: buckets, bounds on label sets, outcomes.
@Suite struct MetricsRegistryTests {
    @Test func aValueOnABoundBelongsToTheBucketUnderIt() {
        var histogram = Histogram<Buckets.Tokens>()
        for value in [0, 1, 2, 4, 5, 67_108_864, 67_108_865] { histogram.record(value) }
        let distribution = histogram.distribution
        #expect(distribution.bounds.count == 14)
        #expect(distribution.counts == [2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
        #expect(distribution.sum == 12 + 67_108_864 * 2 + 1)
    }

    @Test func aFullLayoutHasOneBucketAboveItsBounds() {
        var histogram = Histogram<Buckets.FirstToken>()
        histogram.record(10_000_000_000)
        histogram.record(10_000_000_001)
        #expect(histogram.distribution.counts == [Int](repeating: 0, count: 15) + [1, 1])
    }

    @Test func boundsOfEveryLayoutRise() {
        func check<L: BucketLayout>(_ layout: L.Type) {
            let bounds = Histogram<L>().distribution.bounds
            #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
        }
        check(Buckets.HTTPDuration.self)
        check(Buckets.Operation.self)
        check(Buckets.FirstToken.self)
        check(Buckets.TokenGap.self)
        check(Buckets.Tokens.self)
    }

    @Test func theSameLabelsGiveTheSameSeries() {
        let registry = MetricsRegistry(worker: 0)
        let key = RequestKey(dialect: "openai", operation: "chat", model: "gpt-4o")
        #expect(registry.request(key) === registry.request(key))
        #expect(
            registry.request(key)
                !== registry.request(RequestKey(dialect: "openai", operation: "embeddings", model: "gpt-4o")))
    }

    @Test func labelSetsBeyondTheBoundAreCountedAsOther() {
        let registry = MetricsRegistry(worker: 0, maxSeries: 2)
        for model in ["a", "b", "c", "d"] {
            registry.request(RequestKey(dialect: "openai", operation: "chat", model: model)).values.eventsSent += 1
        }
        let events = registry.snapshot().requests.map { ($0.0.model, $0.1.eventsSent) }.sorted { $0.0 < $1.0 }
        #expect(events.map(\.0) == ["a", "b", "other"])
        #expect(events.map(\.1) == [1, 1, 2])
    }

    @Test func outcomesAndErrorCodesAreBoundedToo() {
        var request = RequestValues()
        var upstream = UpstreamValues()
        for index in 0..<200 {
            request.ended(
                upstream: "u\(index)", status: 500, nanoseconds: 1, error: (source: .gateway, code: "c\(index)"))
            upstream.began()
            upstream.ended(nanoseconds: 1, error: "c\(index)")
        }
        #expect(request.outcomes.entries.count == 65)
        #expect(request.errors.entries.map(\.count).reduce(0, +) == 200)
        #expect(request.errors.entries.last?.label == .other)
        #expect(upstream.failed.count == 65)
        #expect(upstream.inFlight == 0)
    }

    @Test func aSnapshotDoesNotChangeWithItsRegistry() {
        let registry = MetricsRegistry(worker: 0)
        let listener = registry.listener("public")
        listener.values.accepted = 1
        let snapshot = registry.snapshot()
        listener.values.accepted = 2
        #expect(snapshot.listeners.map(\.1.accepted) == [1])
    }

    @Test func methodsOutsideTheStandardAreOneLabel() {
        #expect(HTTPKey(method: "BREW", secure: false, route: nil) == .other)
        #expect(HTTPKey(method: "PATCH", secure: true, route: "/").method == "PATCH")
    }

    @Test func timePerTokenIsTheMeanAfterTheFirst() {
        var values = RequestValues()
        values.output(tokens: 1, in: 50)
        #expect(values.timePerOutputToken.isEmpty)
        values.output(tokens: 5, in: 400)
        #expect(values.timePerOutputToken.sum == 100)
    }

    @Test func processFiguresAreReadFromTheKernelsText() {
        var figures = ProcessFigures()
        let numbers = (4...30).map { String($0 * 100) }.joined(separator: " ")
        figures.take(stat: "42 (a ) strange) name) S " + numbers + "\n")
        figures.add(bootTimeOf: "cpu 1 2\nbtime 1000\nprocesses 5\n")
        #expect(figures.cpuNanoseconds == (1400 + 1500) * 10_000_000)
        #expect(figures.threads == 2000)
        #expect(figures.startTime == 2200 * 10_000_000 + 1000 * 1_000_000_000)
        #expect(figures.virtualBytes == 2300)
        #expect(figures.residentBytes == 2400 * 4096)
    }

    @Test func thisProcessHasFigures() {
        let figures = ProcessFigures.read()
        #expect(figures.residentBytes > 1 << 20)
        #expect(figures.threads > 0)
        #expect(figures.openDescriptors > 2)
        #expect(figures.maxDescriptors >= figures.openDescriptors)
        #expect(figures.startTime > 1_600_000_000_000_000_000)
    }
}
