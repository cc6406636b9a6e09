import Upstreams

/// One call to one target: what comes is handed to its dispatch, and counted in the target's metrics.
///
/// States: made → running → over, by the call's end or by `cancel`; counted as begun and ended exactly once.
final class Attempt: CompletionSink {
    let candidate: Candidate
    /// The model's name at the provider.
    let model: String
    let startedAt: MonotonicTime
    private unowned let dispatch: Dispatch
    private var call: (any CompletionCall)?
    private var usage: ChatChunkFacts.Usage?
    private var hasContent = false
    /// The turn of the loop in which the last event came, and when that was: the clock is read once a turn.
    private var lastTurn = -1
    private var lastEventAt: MonotonicTime?

    init(
        _ dispatch: Dispatch, _ candidate: Candidate, model: String, startedAt: MonotonicTime
    ) {
        self.dispatch = dispatch
        self.candidate = candidate
        self.model = model
        self.startedAt = startedAt
    }

    private var loop: EventLoop { dispatch.service.loop }
    private var series: MetricSeries<UpstreamKey> { candidate.series }

    func start(_ request: CompletionRequest, at upstream: any Upstream) {
        series.values.began()
        call = upstream.start(request, model: model, sink: self)
    }

    func cancel() {
        call?.cancel()
        call = nil
        series.values.cancellations += 1
        account(error: "cancelled")
    }

    func resume() { call?.resume() }

    // MARK: CompletionSink

    var isFull: Bool { dispatch.isFull }

    func begin(_ head: AnswerHead) { dispatch.attempt(self, didBegin: head) }

    func append(_ payload: RawSpan, _ facts: ChatChunkFacts) {
        if let usage = facts.usage { self.usage = usage }
        series.values.events += 1
        series.values.bytesReceived += payload.byteCount
        if lastTurn != loop.turns { measure(facts) }
        dispatch.attempt(self, didAppend: payload, facts)
    }

    func end(_ error: UpstreamError?) {
        call = nil
        account(error: error?.cause.rawValue)
        dispatch.attempt(self, didEnd: error)
    }

    // MARK: Accounting

    /// Times are those of the first event of each turn.
    private func measure(_ facts: ChatChunkFacts) {
        let now = loop.now
        if !hasContent, facts.hasContent || facts.hasFinishReason {
            hasContent = true
            series.values.firstEvent(after: Int(now.nanoseconds - startedAt.nanoseconds))
        } else if let lastEventAt {
            series.values.event(gap: Int(now.nanoseconds - lastEventAt.nanoseconds))
        }
        lastEventAt = now
        lastTurn = loop.turns
    }

    private func account(error: String?) {
        if let usage {
            series.values.used(
                input: usage.promptTokens, output: usage.completionTokens, cached: usage.cachedTokens)
        }
        series.values.ended(nanoseconds: Int(loop.now.nanoseconds - startedAt.nanoseconds), error: error)
    }
}
