/// What is counted for calls to one model of one upstream. Every attempt is a call.
struct UpstreamValues: MetricValues {
    /// Calls running now.
    private(set) var inFlight = 0
    private(set) var transfers = 0
    /// Stream events received.
    var events = 0
    /// Calls ended early since nobody wanted their answer.
    var cancellations = 0
    /// Times a call was paused by back-pressure.
    var pauses = 0
    /// Calls that repeat a failed one.
    var retries = 0
    /// Calls that came to nothing, by outcome.
    private var outcomes = LabelCounter<Code>()
    /// Body bytes.
    var bytesSent = 0
    var bytesReceived = 0
    private(set) var timeToFirstChunk = Histogram<Buckets.FirstToken>()
    private(set) var chunkGap = Histogram<Buckets.TokenGap>()
    private(set) var succeeded = Histogram<Buckets.Operation>()
    private(set) var failed: [(code: Code, duration: Histogram<Buckets.Operation>)] = []
    private(set) var tokensIn = Histogram<Buckets.Tokens>()
    private(set) var tokensOut = Histogram<Buckets.Tokens>()
    private(set) var tokensCached = 0
    /// Nano-dollars; nil: no price is known.
    private(set) var nanodollars: Int?

    /// The stable code of a cause of failure.
    struct Code: OpenLabel {
        let name: String
        static let other = Self(name: "other")
    }

    /// A call began.
    mutating func began() {
        inFlight += 1
        transfers += 1
    }

    /// The first event of a stream came, `nanoseconds` after the call began.
    mutating func firstEvent(after nanoseconds: Int) { timeToFirstChunk.record(nanoseconds) }

    /// A further event came, `gap` nanoseconds after the one before it.
    mutating func event(gap: Int) { chunkGap.record(gap) }

    /// A call that had begun ended, after `nanoseconds`; `error` is the stable code of its cause, if it failed, and
    /// `outcome` what the gateway made of it.
    mutating func ended(nanoseconds: Int, error: String? = nil, outcome: String = "ok") {
        inFlight -= 1
        guard let error else { return succeeded.record(nanoseconds) }
        outcomes.add(Code(name: outcome))
        fail(Code(name: error), nanoseconds)
    }

    /// Tokens of one call as the upstream reports them; `cached` is a part of `input`.
    mutating func used(input: Int, output: Int, cached: Int) {
        tokensIn.record(input)
        tokensOut.record(output)
        tokensCached += cached
    }

    /// What a call cost, in nano-dollars; 0 says that a price is known.
    mutating func cost(_ cost: Int) { nanodollars = (nanodollars ?? 0).addingWithinBounds(cost) }

    private mutating func fail(_ code: Code, _ nanoseconds: Int) {
        for index in failed.indices where failed[index].code == code {
            return failed[index].duration.record(nanoseconds)
        }
        guard failed.count < LabelCounter<Code>.limit || code == .other else { return fail(.other, nanoseconds) }
        failed.append((code, Histogram()))
        failed[failed.count - 1].duration.record(nanoseconds)
    }

    func emit(_ key: UpstreamKey, into page: inout MetricSamples) {
        let called = [key.operation, key.provider, key.model, key.upstream]
        let plain = [key.upstream, key.model]
        page.add(.operationDuration, called + [""], succeeded.distribution)
        for (code, duration) in failed {
            page.add(.operationDuration, called + [code.name], duration.distribution)
            page.add(.upstreamErrors, plain + [code.name], duration.distribution.counts.reduce(0, +))
        }
        page.add(.operationTimeToFirstChunk, called, timeToFirstChunk.distribution)
        page.add(.operationTimePerChunk, called, chunkGap.distribution)
        page.add(.tokenUsage, called + ["input"], tokensIn.distribution)
        page.add(.tokenUsage, called + ["output"], tokensOut.distribution)
        page.add(.tokens, plain + ["input"], tokensIn.sum)
        page.add(.tokens, plain + ["output"], tokensOut.sum)
        page.add(.tokens, plain + ["cached"], tokensCached)
        if let nanodollars { page.add(.cost, plain, nanodollars) }
        let succeeded = succeeded.distribution.counts.reduce(0, +)
        if succeeded > 0 { page.add(.upstreamAttempts, plain + ["ok"], succeeded) }
        for (outcome, count) in outcomes.entries { page.add(.upstreamAttempts, plain + [outcome.name], count) }
        if retries > 0 { page.add(.upstreamRetries, plain, retries) }
        page.add(.upstreamTransfers, plain, transfers)
        page.add(.upstreamTransfersInFlight, plain, inFlight)
        page.add(.upstreamEvents, plain, events)
        page.add(.upstreamCancellations, plain, cancellations)
        page.add(.upstreamPauses, plain, pauses)
        page.add(.upstreamReceivedBytes, plain, bytesReceived)
        page.add(.upstreamSentBytes, plain, bytesSent)
    }
}
