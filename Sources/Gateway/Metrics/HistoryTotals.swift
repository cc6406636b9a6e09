/// What the history is made of, as it stood at one moment: counters since the start of the process, and gauges.
struct HistoryTotals: Equatable, Sendable {
    /// Seconds since 1970.
    var at = 0
    var requests = 0
    /// By who caused them, in the order of `ErrorSource.allCases`.
    var errors = [0, 0, 0]
    var tokensIn = 0
    var tokensOut = 0
    /// What calls cost, in nano-dollars; 0 where no price is known.
    var nanodollars = 0
    /// Requests under a cache policy, and those of them that were answered by it.
    var cacheRequests = 0
    var cacheHits = 0
    /// Times to the first content: observations per bucket of `Buckets.FirstToken`.
    var firstToken = [Int](repeating: 0, count: 17)
    var inFlight = 0
    var callsInFlight = 0
    var cpuNanoseconds = 0

    init() {}

    /// - Parameters:
    ///   - workers: the numbers of all workers.
    ///   - cpu: nanoseconds of the whole process.
    init(_ workers: [MetricsSnapshot], cpu: Int, at time: Int) {
        at = time
        cpuNanoseconds = cpu
        for worker in workers {
            for (_, values) in worker.requests { add(values) }
            for (_, values) in worker.upstreams {
                callsInFlight += values.inFlight
                tokensIn += values.tokensIn.sum
                tokensOut += values.tokensOut.sum
                nanodollars += values.nanodollars ?? 0
            }
        }
    }

    private mutating func add(_ values: RequestValues) {
        inFlight += values.inFlight
        for outcome in values.outcomes.entries { requests += outcome.count }
        for (failure, count) in values.errors.entries {
            for (index, source) in ErrorSource.allCases.enumerated() where source == failure.source {
                errors[index] += count
            }
        }
        for (result, count) in values.cacheResults.entries {
            cacheRequests += count
            if result.name == "hit" || result.name == "live" { cacheHits += count }
        }
        for index in firstToken.indices { firstToken[index] += values.timeToFirstToken.counts[index] }
    }
}
