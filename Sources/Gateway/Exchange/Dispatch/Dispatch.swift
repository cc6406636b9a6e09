import Policies
import Upstreams

/// The writer of one completion: asks one target after another until one answers, and appends the answer to the log.
///
/// Knows nothing of clients. Until the first event with content is in the log (the commit point) a failed attempt is
/// followed by the next target, and nobody notices; after it a stream is mended as the model's `mid_stream` says, so
/// that nothing is told twice, or ends with the error. Every attempt is counted in the metrics of its target.
/// States: made → running (`start`) → over, when the log has its terminal record.
final class Dispatch {
    let service: Service
    private let runtime: Runtime
    private let request: CompletionRequest
    private let route: ModelTable.Route
    private let log: CompletionLog
    private var plan: DispatchPlan
    private var attempt: Attempt?
    /// Events of the present attempt that are not in the log yet.
    private var held = HeldEvents()
    private let isBuffering: Bool
    private var transcript: Transcript?
    private var mending: Mending?
    /// What the access log tells of it.
    private(set) var record = DispatchRecord()

    init(
        _ request: CompletionRequest, _ route: ModelTable.Route, service: Service, runtime: Runtime,
        into log: CompletionLog
    ) {
        self.request = request
        self.route = route
        self.service = service
        self.runtime = runtime
        self.log = log
        plan = DispatchPlan(route, runtime, random: service.random)
        isBuffering = request.isStream && route.midStream.contains(.buffer)
        if request.isStream, route.midStream.contains(where: \.needsTranscript) { transcript = Transcript() }
    }

    // MARK: From the reader's side

    func start() {
        guard let candidate = plan.nextCandidate() else { preconditionFailure("a model without targets") }
        begin(candidate, request)
    }

    /// Nobody wants the answer any more, or the process ends. The log gets its terminal record.
    func cancel(_ cause: CompletionEnd.Cause) {
        guard let attempt else { return }
        self.attempt = nil
        attempt.cancel()
        record.endedAt = service.loop.now
        log.finish(.cancelled(cause))
    }

    /// The log is no longer full.
    func resume() { attempt?.resume() }

    // MARK: Attempts

    private func begin(_ candidate: Candidate, _ request: CompletionRequest) {
        let model = candidate.model ?? request.model
        let attempt = Attempt(self, candidate, model: model, startedAt: service.loop.now)
        self.attempt = attempt
        record.begin(candidate.target, model: model, at: attempt.startedAt)
        attempt.start(request, at: runtime.upstream(candidate.target.upstream))
    }

    /// Whether the log takes no more for now.
    var isFull: Bool { log.isFull }

    /// Whether another attempt may still take the place of this one, so that nothing of it is told yet.
    private var mayBeReplaced: Bool { !log.hasContent && request.isStream && (isBuffering || plan.hasNext) }

    func attempt(_ attempt: Attempt, didBegin head: AnswerHead) {
        // The head of a whole answer waits for the answer.
        if mayBeReplaced || !request.isStream { held.head = head } else if log.head == nil { log.begin(head) }
    }

    func attempt(_ attempt: Attempt, didAppend payload: RawSpan, _ facts: ChatChunkFacts) {
        if isMending { return mend(payload, facts) }
        guard mayBeReplaced else {
            beginHeld()
            return append(payload, facts)
        }
        held.append(payload, facts)
        if !isBuffering, facts.hasContent || facts.hasFinishReason {
            releaseHeld()
        } else if held.byteCount > runtime.configuration.bounds.maxLogBytes {
            overflow(attempt)
        }
    }

    func attempt(_ attempt: Attempt, didEnd error: UpstreamError?) {
        self.attempt = nil
        if let error { return recover(from: error, of: attempt) }
        if isMending, mending?.isCaughtUp != true { return mendAgain() }
        releaseHeld()
        finish(nil)
    }

    private func append(_ payload: RawSpan, _ facts: ChatChunkFacts) {
        if transcript != nil, let document = try? service.parser.parse(payload) { transcript?.note(document.root) }
        log.append(payload, facts)
    }

    private func releaseHeld() {
        beginHeld()
        held.drain { append($0, $1) }
    }

    private func beginHeld() {
        if let head = held.head, log.head == nil { log.begin(head) }
    }

    private func overflow(_ attempt: Attempt) {
        self.attempt = nil
        attempt.cancel()
        finish(UpstreamError(.oversized, "The answer is larger than the gateway holds back for one answer."))
    }

    private func finish(_ error: UpstreamError?) {
        if isMending { count(mended: error == nil) }
        record.endedAt = service.loop.now
        log.end(error)
    }

    private func count(mended: Bool) {
        let series = runtime.series[route.index].requests
        if mended { series.values.mended += 1 } else { series.values.unmended += 1 }
    }

    // MARK: Failures

    private func recover(from error: UpstreamError, of attempt: Attempt) {
        if log.hasContent { return mend(after: error, attempt.candidate) }
        guard error.isTransient, let candidate = plan.nextCandidate() else {
            // What came before the failure is told, so that a failure after it is the stream's, not the request's.
            if !isBuffering { releaseHeld() }
            return finish(error)
        }
        held.removeAll()
        begin(candidate, request)
    }

    // MARK: Mending

    private var isMending: Bool { mending != nil }

    private func mend(after error: UpstreamError, _ failed: Candidate) {
        guard let transcript, !transcript.isOpaque, error.isTransient else { return finish(error) }
        if !isMending { mending = Mending(error, plan.recovery(route.midStream, after: failed)) }
        mendNext(transcript)
    }

    /// The answer of the attempt under way does not fit.
    private func mendAgain() {
        attempt?.cancel()
        attempt = nil
        guard let transcript else { preconditionFailure("mending without a transcript") }
        mendNext(transcript)
    }

    private func mendNext(_ transcript: Transcript) {
        while let step = mending?.nextStep() {
            guard let request = mending?.request(step, request, transcript, service.parser) else { continue }
            mending?.begin(step, transcript)
            return begin(step.candidate, request)
        }
        finish(mending?.error)
    }

    private func mend(_ payload: RawSpan, _ facts: ChatChunkFacts) {
        guard let document = try? service.parser.parse(payload) else { return }
        var event = ByteBuffer()
        switch mending?.fit(document, &event) {
        case .rest: event.withBytes { append($0, facts) }
        case .misfit: mendAgain()
        case .nothing, nil: break
        }
    }
}
