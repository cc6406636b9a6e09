import Policies
import Upstreams

/// One call to one target: what comes is handed to its dispatch, and counted in the target's metrics and health.
///
/// States: made → running → over, by the call's end or by `cancel`; counted as begun and ended exactly once.
final class Attempt: CompletionSink, CallLedger {
    let candidate: Candidate
    /// Which one of its completion it is, from 1.
    let number: Int
    let startedAt: MonotonicTime
    /// Events that nobody has seen yet.
    var held = HeldEvents()
    private(set) var hasContent = false
    private unowned let dispatch: Dispatch
    private var pass: Destination.Pass?
    private let key: Int
    private let isProbe: Bool
    private let series: MetricSeries<UpstreamKey>
    private var call: (any CompletionCall)?
    private var usage: ChatChunkFacts.Usage?
    /// Nano-dollars of the calls that its upstream made in its turn; nil: none, or nobody knows.
    private var innerCost: Int?
    /// The turn of the loop in which the last event came, and when that was: the clock is read once a turn.
    private var lastTurn = -1
    private var lastEventAt: MonotonicTime?

    enum Surrender: String {
        case cancelled
        /// Another answered first.
        case lost
    }

    init(
        _ dispatch: Dispatch, _ candidate: Candidate, _ pass: Destination.Pass, for operation: ModelOperation,
        number: Int, startedAt: MonotonicTime
    ) {
        self.dispatch = dispatch
        self.candidate = candidate
        self.number = number
        self.startedAt = startedAt
        self.pass = pass
        key = pass.key
        isProbe = pass.isProbe
        series = candidate.destination.series(operation)
    }

    private var loop: EventLoop { dispatch.service.loop }
    private var destination: Destination { candidate.destination }

    func start(_ request: CompletionRequest, _ timeouts: CallTimeouts) {
        guard let pass else { preconditionFailure("an attempt is started twice") }
        self.pass = nil
        series.values.began()
        destination.health.began()
        let terms = destination.terms(pass, model: candidate.model, timeouts)
        call = destination.adapter.start(request, terms, sink: self)
    }

    func cancel(_ why: Surrender = .cancelled) {
        call?.cancel()
        call = nil
        series.values.cancellations += 1
        let now = loop.now
        // Whoever was too slow for a hedge is slow.
        if why == .lost, !hasContent { answered(now) }
        if isProbe, !hasContent { destination.health.abandonedProbe(at: now.wholeMilliseconds) }
        account(error: "cancelled", outcome: why.rawValue, now)
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
        let now = loop.now
        let kind = error.map { FailureKind($0, dispatch.service.parser) }
        destination.judge(error, kind, key, wasProbe: isProbe, at: now.wholeMilliseconds)
        if kind == .timeout, !hasContent { answered(now) }
        account(error: error?.cause.rawValue, outcome: kind?.rawValue ?? "ok", now)
        dispatch.attempt(self, didEnd: error, kind)
    }

    func didPause() { series.values.pauses += 1 }

    // MARK: CallLedger

    func add(_ calls: AttemptList, cost: Int?) {
        if let cost { innerCost = (innerCost ?? 0) + cost }
        dispatch.add(calls, caller: destination.upstream)
    }

    // MARK: Health

    private func answered(_ now: MonotonicTime) {
        guard dispatch.learnsSpeed else { return }
        destination.health.answered(
            after: now.milliseconds(since: startedAt), at: now.wholeMilliseconds)
    }

    // MARK: Accounting

    /// Times are those of the first event of each turn.
    private func measure(_ facts: ChatChunkFacts) {
        let now = loop.now
        if !hasContent, facts.hasContent || facts.hasFinishReason {
            hasContent = true
            series.values.firstEvent(after: Int(now.nanoseconds - startedAt.nanoseconds))
            if isProbe {
                destination.health.succeeded(
                    wasProbe: true, isWhole: false, at: now.wholeMilliseconds, destination.calls.breaker)
            }
            answered(now)
        } else if let lastEventAt {
            series.values.event(gap: Int(now.nanoseconds - lastEventAt.nanoseconds))
        }
        lastEventAt = now
        lastTurn = loop.turns
    }

    private func account(error: String?, outcome: String, _ now: MonotonicTime) {
        destination.health.ended()
        let record = record(outcome, now)
        if let usage {
            series.values.used(
                input: usage.promptTokens, output: usage.completionTokens, cached: usage.cachedTokens)
            // What the upstream's own calls cost is counted with these.
            if destination.price != nil, let cost = record.cost { series.values.cost(cost) }
        }
        series.values.ended(nanoseconds: record.nanoseconds, error: error, outcome: outcome)
        dispatch.ended(record)
    }

    /// The record of a call that is not over.
    var soFar: AttemptRecord { record("running", loop.now) }

    private func record(_ outcome: String, _ now: MonotonicTime) -> AttemptRecord {
        let price = destination.price
        let cost = usage.flatMap { used in
            price?.cost(input: used.promptTokens, output: used.completionTokens, cached: used.cachedTokens)
        }
        return AttemptRecord(
            number: number, model: destination.route, upstream: destination.upstream, upstreamModel: candidate.model,
            outcome: outcome, nanoseconds: Int(now.nanoseconds - startedAt.nanoseconds), usage: usage,
            cost: cost ?? innerCost)
    }
}
