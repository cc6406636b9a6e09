/// What is counted for completion requests of one dialect and model.
struct RequestValues: MetricValues {
    var inFlight = 0
    var eventsSent = 0
    /// Streams that broke off in the middle, and what came of it.
    var mended = 0
    var unmended = 0
    /// Requests for which another model was asked.
    var fallbacks = 0
    /// Second targets that were asked, and those of them that answered first.
    var hedges = 0
    var hedgesWon = 0
    private(set) var cacheResults = LabelCounter<CacheResult>()
    private(set) var savedTokensIn = 0
    private(set) var savedTokensOut = 0
    private(set) var timeToFirstToken = Histogram<Buckets.FirstToken>()
    private(set) var timePerOutputToken = Histogram<Buckets.TokenGap>()
    private(set) var succeeded = Histogram<Buckets.Operation>()
    private(set) var failed = InlineArray<3, Histogram<Buckets.Operation>>(repeating: Histogram())
    private(set) var outcomes = LabelCounter<Outcome>()
    private(set) var errors = LabelCounter<Failure>()
    private(set) var disconnects = InlineArray<5, Int>(repeating: 0)

    /// The upstream that answered and the status given.
    struct Outcome: OpenLabel {
        let upstream: String
        let status: Int
        static let other = Self(upstream: "other", status: 0)
    }

    /// What the cache did: `hit`, `live`, `miss` or `bypass`.
    struct CacheResult: OpenLabel {
        let name: String
        static let other = Self(name: "other")
    }

    /// Who failed a request, and the stable code of the cause.
    struct Failure: OpenLabel {
        let source: ErrorSource
        let code: String
        static let other = Self(source: .gateway, code: "other")
    }

    /// The first content was handed to the client, `nanoseconds` after the request came.
    mutating func firstToken(after nanoseconds: Int) { timeToFirstToken.record(nanoseconds) }

    /// A stream of `tokens` output tokens took `nanoseconds` after its first one. Counts nothing below two tokens.
    mutating func output(tokens: Int, in nanoseconds: Int) {
        if tokens > 1 { timePerOutputToken.record(nanoseconds / (tokens - 1)) }
    }

    /// The request ended. Does not touch `inFlight`.
    ///
    /// - Parameters:
    ///   - upstream: its configured name; nil if none was called.
    ///   - status: the HTTP status sent, or that would have been sent to a client who left.
    ///   - error: why, if it failed; also for an error inside a stream of status 200.
    mutating func ended(
        upstream: String?, status: Int, nanoseconds: Int, error: (source: ErrorSource, code: String)? = nil
    ) {
        outcomes.add(Outcome(upstream: upstream ?? "none", status: status))
        guard let error else { return succeeded.record(nanoseconds) }
        errors.add(Failure(source: error.source, code: error.code))
        failed[error.source.index].record(nanoseconds)
    }

    /// A request under a cache policy ended.
    mutating func cached(_ result: String) { cacheResults.add(CacheResult(name: result)) }

    /// An answer of so many tokens was shared.
    mutating func saved(input: Int, output: Int) {
        savedTokensIn += input
        savedTokensOut += output
    }

    mutating func clientLeft(_ phase: RequestPhase) { disconnects[phase.rawValue] += 1 }

    func emit(_ key: RequestKey, into page: inout MetricSamples) {
        let served = [key.dialect, key.operation, key.model]
        let plain = [key.dialect, key.model]
        page.add(.serverRequestDuration, served + [""], succeeded.distribution)
        for source in ErrorSource.allCases where !failed[source.index].isEmpty {
            page.add(.serverRequestDuration, served + [source.rawValue], failed[source.index].distribution)
        }
        page.add(.serverTimeToFirstToken, served, timeToFirstToken.distribution)
        page.add(.serverTimePerOutputToken, served, timePerOutputToken.distribution)
        for (outcome, count) in outcomes.entries {
            let status = outcome == .other ? "other" : String(outcome.status)
            page.add(.requests, plain + [outcome.upstream, status], count)
        }
        for (failure, count) in errors.entries {
            page.add(.requestErrors, plain + [failure.source.rawValue, failure.code], count)
        }
        page.add(.requestsInFlight, plain, inFlight)
        page.add(.requestEvents, plain, eventsSent)
        for (result, count) in cacheResults.entries { page.add(.cacheResults, plain + [result.name], count) }
        if savedTokensIn > 0 { page.add(.cacheSavedTokens, plain + ["input"], savedTokensIn) }
        if savedTokensOut > 0 { page.add(.cacheSavedTokens, plain + ["output"], savedTokensOut) }
        if mended > 0 { page.add(.streamsMended, plain + ["mended"], mended) }
        if unmended > 0 { page.add(.streamsMended, plain + ["failed"], unmended) }
        if fallbacks > 0 { page.add(.fallbacks, plain, fallbacks) }
        if hedges > 0 {
            page.add(.hedges, plain + ["won"], hedgesWon)
            page.add(.hedges, plain + ["lost"], hedges - hedgesWon)
        }
        for phase in RequestPhase.allCases where disconnects[phase.rawValue] > 0 {
            page.add(.clientDisconnects, plain + [phase.label], disconnects[phase.rawValue])
        }
    }
}

extension ErrorSource {
    fileprivate var index: Int {
        switch self {
        case .client: 0
        case .gateway: 1
        case .upstream: 2
        }
    }
}
