import Upstreams

/// What went on in one step of the history.
struct HistoryPoint: Equatable, Sendable {
    /// When it ended: seconds since 1970.
    let at: Int
    let seconds: Int
    let requests: Int
    /// By who caused them, in the order of `ErrorSource.allCases`.
    let errors: [Int]
    let tokensIn: Int
    let tokensOut: Int
    let nanodollars: Int
    let cacheRequests: Int
    let cacheHits: Int
    /// At its end.
    let inFlight: Int
    let callsInFlight: Int
    let cpuNanoseconds: Int
    /// Nanoseconds to the first content of the requests since `wide`; nil: there were none.
    let firstTokenMedian: Int?
    let firstToken95: Int?

    /// What lies between two looks. `wide`: an earlier look, for percentiles, which of few requests would jump.
    init(from before: HistoryTotals, to after: HistoryTotals, wide: HistoryTotals) {
        at = after.at
        seconds = max(1, after.at - before.at)
        requests = after.requests - before.requests
        errors = zip(after.errors, before.errors).map { $0 - $1 }
        tokensIn = after.tokensIn - before.tokensIn
        tokensOut = after.tokensOut - before.tokensOut
        nanodollars = after.nanodollars - before.nanodollars
        cacheRequests = after.cacheRequests - before.cacheRequests
        cacheHits = after.cacheHits - before.cacheHits
        inFlight = after.inFlight
        callsInFlight = after.callsInFlight
        cpuNanoseconds = after.cpuNanoseconds - before.cpuNanoseconds
        let counts = zip(after.firstToken, wide.firstToken).map { $0 - $1 }
        firstTokenMedian = Self.percentile(50, of: counts)
        firstToken95 = Self.percentile(95, of: counts)
    }

    /// The value below which `share` in a hundred observations are, taken to lie evenly within their bucket; above the
    /// last bound that bound itself.
    static func percentile(_ share: Int, of counts: [Int]) -> Int? {
        let all = counts.reduce(0, +)
        guard all > 0 else { return nil }
        let bounds = Buckets.FirstToken.bounds
        // In hundredths of an observation.
        let wanted = all * share
        var below = 0
        for index in bounds.indices {
            let count = counts[index] * 100
            if below + count >= wanted, count > 0 {
                let low = index == 0 ? 0 : bounds[index - 1]
                return low + (bounds[index] - low) * (wanted - below) / count
            }
            below += count
        }
        return bounds[bounds.count - 1]
    }

    func write(to writer: inout JSONWriter) {
        writer.member("at", at)
        writer.member("seconds", seconds)
        writer.member("requests", requests)
        writer.object("errors") { errors in
            errors.member("client", self.errors[0])
            errors.member("gateway", self.errors[1])
            errors.member("upstream", self.errors[2])
        }
        writer.member("first_event_p50_ms", firstTokenMedian.map { Double($0) / 1e6 })
        writer.member("first_event_p95_ms", firstToken95.map { Double($0) / 1e6 })
        writer.member("tokens_in", tokensIn)
        writer.member("tokens_out", tokensOut)
        writer.member("tokens_per_second", Double(tokensOut) / Double(seconds))
        var dollars = ByteBuffer()
        dollars.append(billionths: nanodollars)
        dollars.withBytes { writer.member("cost_usd", raw: $0) }
        writer.member("cache_requests", cacheRequests)
        writer.member("cache_hits", cacheHits)
        writer.member("in_flight", inFlight)
        writer.member("calls_in_flight", callsInFlight)
        writer.member("cpu_seconds", Double(cpuNanoseconds) / 1e9)
    }
}
