import Policies
import Upstreams

/// One call to one target whose answer is relayed as it is: what comes is handed to its owner, and counted in the target's
/// metrics and health.
///
/// States: made → running → over, by the call's end or by `cancel`; counted as begun and ended exactly once.
final class RelayAttempt: RelaySink {
    let candidate: Candidate
    /// Which one of its request it is, from 1.
    private let number: Int
    private let startedAt: MonotonicTime
    private unowned let owner: RelayedCall
    private let series: MetricSeries<UpstreamKey>
    private let key: Int
    private let isProbe: Bool
    private var call: RelayCall?

    init(
        _ owner: RelayedCall, _ candidate: Candidate, _ pass: Destination.Pass, for operation: ModelOperation,
        number: Int, at now: MonotonicTime
    ) {
        self.owner = owner
        self.candidate = candidate
        self.number = number
        startedAt = now
        series = candidate.destination.series(operation)
        key = pass.key
        isProbe = pass.isProbe
    }

    private var destination: Destination { candidate.destination }
    private var service: Service { owner.service }

    func start(
        _ request: RelayRequest, _ body: consuming RelayBody, _ pass: Destination.Pass, _ timeouts: CallTimeouts
    ) {
        guard let upstream = destination.adapter as? OpenAIUpstream else {
            preconditionFailure("a target that relays nothing was asked")
        }
        series.values.began()
        destination.health.began()
        let terms = destination.terms(pass, model: candidate.model, timeouts)
        call = upstream.relay(request, body, terms, sink: self)
    }

    /// Nobody wants the answer any more.
    func cancel() {
        call?.cancel()
        call = nil
        series.values.cancellations += 1
        let now = service.loop.now
        if isProbe { destination.health.abandonedProbe(at: now.wholeMilliseconds) }
        account(error: "cancelled", outcome: "cancelled", now)
    }

    func resume() { call?.resume() }

    // MARK: RelaySink

    var isFull: Bool { owner.isFull }

    func begin(_ head: AnswerHead) {
        series.values.firstEvent(after: Int(service.loop.now.nanoseconds - startedAt.nanoseconds))
        owner.didBegin(head)
    }

    func receive(_ bytes: RawSpan) {
        series.values.bytesReceived += bytes.byteCount
        owner.didReceive(bytes)
    }

    func end(_ error: UpstreamError?) {
        call = nil
        let now = service.loop.now
        let kind = error.map { FailureKind($0, service.parser) }
        destination.judge(error, kind, key, wasProbe: isProbe, at: now.wholeMilliseconds)
        account(error: error?.cause.rawValue, outcome: kind?.rawValue ?? "ok", now)
        owner.didEnd(error, kind)
    }

    private func account(error: String?, outcome: String, _ now: MonotonicTime) {
        destination.health.ended()
        let nanoseconds = Int(now.nanoseconds - startedAt.nanoseconds)
        series.values.ended(nanoseconds: nanoseconds, error: error, outcome: outcome)
        owner.record.ended(
            AttemptRecord(
                number: number, model: destination.route, upstream: destination.upstream,
                upstreamModel: candidate.model, outcome: outcome, nanoseconds: nanoseconds))
    }
}
