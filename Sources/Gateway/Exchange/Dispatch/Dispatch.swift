import Policies
import Upstreams

/// The writer of one completion: asks one target after another until one answers, and appends the answer to the log.
///
/// Knows nothing of clients. Until the first event with content is in the log (the commit point) a failed attempt is
/// repeated or followed by the next target, and nobody notices; a slow one may get a rival, and whichever has content
/// first writes on. After it a stream is mended as the model's `mid_stream` says, so that nothing is told twice, or ends
/// with the error. Every attempt is counted in the metrics of its target. States: made → running (`start`: an attempt is
/// under way, or a pause) → over, when the log has its terminal record.
final class Dispatch {
    let service: Service
    private let runtime: Runtime
    private let request: CompletionRequest
    private let asked: RequestedRoute
    private let log: CompletionLog
    /// The figures of requests like this one.
    private let requests: MetricSeries<RequestKey>
    private var plan: DispatchPlan
    private var attempt: Attempt?
    /// A second attempt at the same answer; neither has content.
    private var rival: Attempt?
    /// Calls made to the present target.
    private var calls = 0
    private var pause: (any ReactorTimer)?
    private var hedge: (any ReactorTimer)?
    private var place: PlaceWait?
    private var isOver = false
    private let isBuffering: Bool
    private var transcript: Transcript?
    private var mending: Mending?
    /// What the access log tells of it.
    let record = DispatchRecord()

    init(
        _ request: CompletionRequest, _ asked: RequestedRoute, service: Service, runtime: Runtime,
        into log: CompletionLog, counting requests: MetricSeries<RequestKey>
    ) {
        self.request = request
        self.asked = asked
        self.service = service
        self.runtime = runtime
        self.log = log
        self.requests = requests
        plan = DispatchPlan(asked, request, service, runtime)
        let midStream = asked.route.midStream
        isBuffering = request.isStream && midStream.contains(.buffer)
        if request.isStream, midStream.contains(where: \.needsTranscript) { transcript = Transcript() }
    }

    // MARK: From the reader's side

    func start() {
        if asked.route.hedge != nil { turns.hedges.count(now: now) }
        proceed(after: nil, nil)
    }

    /// Instead of `start`: writes on in an answer whose writer, at another replica, is lost. Of it `told` is in the log; it
    /// is mended as one that a provider broke off.
    func start(after told: SharedLog.News) {
        for batch in told.batches { batch.forEach(from: batch.firstOffset) { payload, _ in note(payload) } }
        let lost = CompletionEnd.cancelled(.writerLost)
        guard let transcript, !transcript.isOpaque else { return finish(lost) }
        mending = Mending(lost, plan.recovery(asked.route.midStream, after: nil))
        mendNext()
    }

    /// Nobody wants the answer any more, or the process ends. The log gets its terminal record.
    func cancel(_ cause: CompletionEnd.Cause) {
        guard !isOver else { return }
        stop()
        record.endedAt = service.loop.now
        log.cost = record.cost
        log.finish(.cancelled(cause))
    }

    /// The log is no longer full.
    func resume() { attempt?.resume() }

    // MARK: Whom to ask

    private var now: Int { service.loop.now.wholeMilliseconds }

    private var turns: RouteTurns { runtime.group(asked.route).turns }

    /// Milliseconds that the client still waits; nil: it does not say.
    private var left: Int? { asked.deadline.map { $0.milliseconds(since: service.loop.now) } }

    /// Asks the next target that can be asked, or waits for one. `again`: this target before all others.
    private func proceed(after kind: FailureKind?, _ error: UpstreamError?, again: Candidate? = nil) {
        if let left, left <= 0 {
            let late = UpstreamError(.firstEventTimeout, "No provider answered as long as the client waits.")
            return finish(error ?? late)
        }
        var standby = Standby()
        if let again, ask(again, &standby) { return }
        var kind = kind
        while let candidate = plan.nextCandidate(after: kind) {
            // From here on nobody has failed, but could not be asked.
            kind = nil
            calls = 0
            if ask(candidate, &standby) { return }
        }
        wait(standby, error)
    }

    private func ask(_ candidate: Candidate, _ standby: inout Standby) -> Bool {
        let admission = candidate.destination.admit(at: now)
        guard case .admitted(let pass) = admission else {
            standby.note(candidate, admission)
            return false
        }
        begin(candidate, request, pass)
        return true
    }

    /// Nobody can be asked just now.
    private func wait(_ standby: Standby, _ error: UpstreamError?) {
        if let candidate = standby.full { return queue(candidate, error) }
        if let (candidate, key) = standby.guessed,
            case .admitted(let pass) = candidate.destination.admit(at: now, key: key)
        {
            return begin(candidate, request, pass)
        }
        if let (candidate, wait) = standby.resting, wait <= candidate.destination.calls.retry.backoff.longest,
            left.map({ wait < $0 }) ?? true
        {
            return pause(wait) { [unowned self] in proceed(after: .overloaded, error, again: candidate) }
        }
        let nobody = UpstreamError(
            .unavailable, "No provider can be asked at the moment; try again later.", retryAfter: standby.retryAfter)
        finish(error ?? nobody)
    }

    /// Stands in line for a place at the candidate's upstream.
    private func queue(_ candidate: Candidate, _ error: UpstreamError?) {
        let (calls, provider) = (candidate.destination.calls, candidate.destination.provider)
        let full =
            error
            ?? UpstreamError(.overloaded, "The provider has as many calls on their way as the gateway allows it.")
        let wait = service.places.wait(
            for: provider.places, atMost: calls.maxInFlight, longest: calls.maxQueued,
            milliseconds: max(1, min(calls.queueTimeoutMs, left ?? .max))
        ) { [unowned self] slot in
            place = nil
            guard let slot else { return finish(full) }
            let admission = candidate.destination.admit(at: now, slot: slot)
            if case .admitted(let pass) = admission { return begin(candidate, request, pass) }
            var standby = Standby()
            standby.note(candidate, admission)
            self.wait(standby, error)
        }
        guard let wait else { return finish(full) }
        place = wait
    }

    private func pause(_ milliseconds: Int, then: @escaping () -> Void) {
        pause = service.loop.timer { [unowned self] in
            pause = nil
            then()
        }
        pause?.arm(milliseconds: milliseconds)
    }

    // MARK: Attempts

    private func begin(_ candidate: Candidate, _ request: CompletionRequest, _ pass: Destination.Pass) {
        let destination = candidate.destination
        if calls == 0 {
            destination.provider.retries.count(now: now)
            if plan.isFallback { requests.values.fallbacks += 1 }
        } else if !isMending {
            destination.series(request.operation).values.retries += 1
        }
        calls += 1
        attempt = start(candidate, request, pass)
        if !isMending { armHedge(destination) }
    }

    private func start(
        _ candidate: Candidate, _ request: CompletionRequest, _ pass: Destination.Pass
    ) -> Attempt {
        let attempt = Attempt(
            self, candidate, pass, for: request.operation, number: record.attempts + 1, startedAt: service.loop.now)
        record.begin(attempt)
        let timeouts = candidate.destination.timeouts
        attempt.start(request, left.map { timeouts.within(max(1, $0), isStream: request.isStream) } ?? timeouts)
        return attempt
    }

    /// Whether the log takes no more for now.
    var isFull: Bool { log.isFull }

    /// Whether times to the first content are wanted: to choose by them, or to know when a call is slow.
    var learnsSpeed: Bool { asked.route.balance == .latency || asked.route.hedge != nil }

    /// Whether another attempt may still take the place of this one, so that nothing of it is told yet.
    private func mayBeReplaced(_ attempt: Attempt) -> Bool {
        guard request.isStream else { return false }
        let destination = attempt.candidate.destination
        return isBuffering || rival != nil || calls < max(destination.calls.retry.attempts, destination.keyCount)
            || plan.hasNext(after: .serverError)
    }

    func attempt(_ attempt: Attempt, didBegin head: AnswerHead) {
        if log.hasContent || isMending { return }
        // The head of a whole answer waits for the answer.
        if !request.isStream || mayBeReplaced(attempt) {
            attempt.held.head = head
        } else if log.head == nil {
            log.begin(head)
        }
    }

    func attempt(_ attempt: Attempt, didAppend payload: RawSpan, _ facts: ChatChunkFacts) {
        if isMending { return mend(payload, facts) }
        if log.hasContent { return append(payload, facts) }
        guard mayBeReplaced(attempt) else {
            settle(on: attempt)
            return append(payload, facts)
        }
        attempt.held.append(payload, facts)
        if facts.hasContent || facts.hasFinishReason {
            settle(on: attempt)
            if !isBuffering { releaseHeld(attempt) }
        }
        if attempt.held.byteCount > runtime.configuration.bounds.maxLogBytes { overflow() }
    }

    func attempt(_ attempt: Attempt, didEnd error: UpstreamError?, _ kind: FailureKind?) {
        if let error, let kind {
            guard rival == nil else { return drop(attempt) }
            self.attempt = nil
            return recover(from: error, kind, of: attempt.candidate)
        }
        settle(on: attempt)
        self.attempt = nil
        if isMending, mending?.isCaughtUp != true { return mendNext() }
        releaseHeld(attempt)
        finish(nil)
    }

    func ended(_ attempt: AttemptRecord) { record.ended(attempt) }

    /// An attempt's upstream has made calls of its own.
    func add(_ calls: AttemptList, caller: String) { record.add(calls, caller: caller) }

    /// With the calls that are under way, last.
    var origin: AnswerOrigin {
        var origin = record.origin
        if let attempt { origin.calls.append(attempt.soFar) }
        if let rival { origin.calls.append(rival.soFar) }
        return origin
    }

    private func append(_ payload: RawSpan, _ facts: ChatChunkFacts) {
        note(payload)
        log.append(payload, facts)
    }

    private func note(_ payload: RawSpan) {
        if transcript != nil, let document = try? service.parser.parse(payload) { transcript?.note(document.root) }
    }

    private func releaseHeld(_ attempt: Attempt) {
        beginHeld(attempt)
        attempt.held.drain { append($0, $1) }
    }

    private func beginHeld(_ attempt: Attempt) {
        if log.head == nil, let head = attempt.held.head { log.begin(head) }
    }

    private func overflow() {
        finish(UpstreamError(.oversized, "The answer is larger than the gateway holds back for one answer."))
    }

    private func finish(_ error: UpstreamError?) { finish(error.map { .failed($0) } ?? .completed) }

    private func finish(_ end: CompletionEnd) {
        stop()
        if isMending { count(mended: end.isCompleted) }
        record.endedAt = service.loop.now
        log.cost = record.cost
        log.finish(end)
    }

    /// Ends all that is under way.
    private func stop() {
        isOver = true
        (pause, hedge) = (nil, nil)
        place?.cancel()
        place = nil
        let running = [attempt, rival]
        (attempt, rival) = (nil, nil)
        for attempt in running { attempt?.cancel() }
    }

    private func count(mended: Bool) {
        if mended { requests.values.mended += 1 } else { requests.values.unmended += 1 }
    }

    // MARK: Hedging

    private func armHedge(_ destination: Destination) {
        guard let settings = asked.route.hedge, rival == nil, hedge == nil, plan.hasNext(after: .timeout),
            let delay = destination.health.hedgeDelay(settings)
        else { return }
        hedge = service.loop.timer { [unowned self] in startRival(settings) }
        hedge?.arm(milliseconds: delay)
    }

    private func startRival(_ settings: HedgeSettings) {
        hedge = nil
        guard let attempt, rival == nil, !attempt.hasContent, !log.hasContent,
            turns.hedges.take(share: settings.budget, now: now)
        else { return }
        while let candidate = plan.nextCandidate(after: .timeout) {
            guard case .admitted(let pass) = candidate.destination.admit(at: now) else { continue }
            requests.values.hedges += 1
            rival = start(candidate, request, pass)
            return
        }
    }

    /// The answer is this attempt's: whoever else was asked is let go of.
    private func settle(on winner: Attempt) {
        hedge = nil
        guard let loser = rival === winner ? attempt : rival else { return beginHeld(winner) }
        if rival === winner { requests.values.hedgesWon += 1 }
        (attempt, rival) = (winner, nil)
        record.name(winner)
        loser.cancel(.lost)
        beginHeld(winner)
    }

    /// One of two has failed: the other goes on.
    private func drop(_ loser: Attempt) {
        if loser === attempt { attempt = rival }
        rival = nil
        calls = 1
        if let attempt { record.name(attempt) }
    }

    // MARK: Failures

    private func recover(from error: UpstreamError, _ kind: FailureKind, of candidate: Candidate) {
        hedge = nil
        if log.hasContent { return mend(after: error, candidate) }
        let destination = candidate.destination
        if kind.isTheKeys, calls < destination.keyCount, destination.hasKey(at: now) {
            return proceed(after: kind, error, again: candidate)
        }
        let step = destination.calls.retry.step(
            after: kind, calls: calls, retryAfter: error.retryAfter, left: left, hasNext: plan.hasNext(after: kind),
            random: service.random()
        ) { destination.provider.retries.take(share: destination.calls.retryBudget, now: now) }
        switch step {
        case .again(let wait):
            pause(wait) { [unowned self] in proceed(after: kind, error, again: candidate) }
        case .next where plan.hasNext(after: kind): proceed(after: kind, error)
        case .next: finish(error)
        }
    }

    // MARK: Mending

    private var isMending: Bool { mending != nil }

    private func mend(after error: UpstreamError, _ failed: Candidate) {
        guard let transcript, !transcript.isOpaque, error.isTransient else { return finish(error) }
        if !isMending { mending = Mending(.failed(error), plan.recovery(asked.route.midStream, after: failed)) }
        mendNext()
    }

    /// The answer of the attempt under way does not fit.
    private func mendAgain() {
        let misfit = attempt
        attempt = nil
        misfit?.cancel()
        mendNext()
    }

    private func mendNext() {
        guard let transcript, let mending else { preconditionFailure("mending without a transcript") }
        while let step = mending.nextStep() {
            guard let request = mending.request(step, request, transcript, service.parser),
                case .admitted(let pass) = step.candidate.destination.admit(at: now)
            else { continue }
            mending.begin(step, transcript)
            return begin(step.candidate, request, pass)
        }
        finish(mending.failure)
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
