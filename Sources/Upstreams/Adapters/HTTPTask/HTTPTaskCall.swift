/// One job at a provider: submitted, looked at or followed until it is over, its result fetched, and cancelled when
/// nobody wants it any more.
///
/// States: `submitting` → `following` its events, or `resting` between two looks → `asking`, for its status or its result
/// → … → over (`sink` is nil). A stream of events that breaks leads to looks, where there are any. A submission that is
/// on its way when the call is cancelled is waited for, so that its job can be cancelled.
final class HTTPTaskCall: CompletionCall, TransferReceiver {
    private enum Question { case status, result }

    private let upstream: HTTPTaskUpstream
    private let request: CompletionRequest
    private let model: String
    private let key: HTTPField?
    private let timeouts: CallTimeouts
    private let didSend: (Int) -> Void
    private var reader: HTTPTaskReader
    private var slot: InFlight.Slot?
    private var sink: (any CompletionSink)?
    /// The job's name, once it is known.
    private var job: String?
    private var isJobOver = false
    /// The submission, or a question about the job.
    private var call: WholeCall?
    private var deadline: (any ReactorTimer)?

    // Looks.
    private var pause: (any ReactorTimer)?
    /// Milliseconds until the next look.
    private var interval: Int
    private var question = Question.status
    private var failures = 0
    /// The next question waits until the sink has room.
    private var waitsForRoom = false

    // Events.
    private var transfer: (any HTTPTransfer)?
    private var parser: SSEParser
    private var isPaused = false
    private var lastBytesAt: MonotonicTime
    /// What the last event said that ends the job.
    private var ending: (state: HTTPTaskReader.State, root: JSONValue?)?

    /// Milliseconds and bytes that the answer to a cancellation may have.
    private static let cancelTimeout = 10_000
    private static let maxCancelBytes = 65_536

    init(
        _ upstream: HTTPTaskUpstream, _ request: CompletionRequest, _ terms: CallTerms, slot: InFlight.Slot,
        sink: any CompletionSink
    ) {
        let client = upstream.client
        self.upstream = upstream
        self.request = request
        self.slot = slot
        self.sink = sink
        model = terms.model
        key = terms.key
        didSend = terms.didSend
        timeouts = terms.timeouts ?? client.settings.timeouts
        interval = upstream.settings.polling?.interval ?? 0
        parser = SSEParser(maxEventBytes: client.settings.maxEventBytes)
        lastBytesAt = client.reactor.now
        let chunks = ChatChunkEncoder(
            id: "chatcmpl-\(request.requestID)", model: terms.model, created: client.wallClock())
        reader = HTTPTaskReader(
            parser: client.parser, chunks: chunks, settings: upstream.settings, isStream: request.isStream,
            maxTextBytes: client.settings.maxResponseBytes)
    }

    private var client: ProviderClient { upstream.client }
    private var settings: HTTPTaskUpstream.Settings { upstream.settings }

    func start() {
        deadline = client.reactor.timer { [unowned self] in
            fail(UpstreamError(.totalTimeout, "The provider's job took longer than \(timeouts.total) ms."))
        }
        deadline?.arm(milliseconds: timeouts.total)
        pause = client.reactor.timer { [unowned self] in pauseIsOver() }
        let submission = upstream.submission(request, model: model, key: key)
        didSend(submission.body.count)
        // The submission holds the call: its answer is wanted even when the completion is not any more.
        call = ask(submission, within: timeouts.firstEvent) { result in self.submitted(result) }
    }

    private func ask(
        _ request: consuming TransportRequest, within timeout: Int, _ completion: @escaping WholeCall.Completion
    ) -> WholeCall {
        WholeCall(
            request, over: client.transport, maxBytes: client.settings.maxResponseBytes, timeout: timeout,
            connectTimeout: timeouts.connect, reactor: client.reactor, completion: completion)
    }

    /// A call about the job, which has a name.
    private func about(
        _ call: HTTPTaskUpstream.Settings.Call, accept: String = "application/json"
    ) -> TransportRequest {
        upstream.question(call, request, model: model, job: job ?? "", key: key, accept: accept)
    }

    // MARK: CompletionCall

    func cancel() { release() }

    func resume() {
        if isPaused {
            isPaused = false
            lastBytesAt = client.reactor.now
            transfer?.resume()
        } else if waitsForRoom {
            waitsForRoom = false
            ask()
        }
    }

    // MARK: Submission

    private func submitted(_ result: Result<WholeCall.Answer, WholeCall.Failure>) {
        call = nil
        guard let sink else { return submittedInVain(result) }
        do throws(UpstreamError) {
            let answer = try accepted(result, within: timeouts.firstEvent)
            let root = try reader.object(answer.body)
            job = reader.job(in: root)
            sink.begin(answer.head)
            let state = try reader.submitted(root) { payload, facts in append(payload, facts) }
            if job == nil, needsName(in: state) {
                throw UpstreamError(.malformed, "The provider's answer does not name the job.")
            }
            act(on: state, root)
        } catch {
            fail(error)
        }
    }

    private func needsName(in state: HTTPTaskReader.State) -> Bool {
        switch state {
        case .running: true
        case .done: settings.result != nil
        case .failed: false
        }
    }

    /// Nobody waits for the job that is there now.
    private func submittedInVain(_ result: Result<WholeCall.Answer, WholeCall.Failure>) {
        guard case .success(let answer) = result, 200..<300 ~= answer.head.status,
            let root = try? reader.object(answer.body)
        else { return }
        job = reader.job(in: root)
        cancelJob()
    }

    private func accepted(
        _ result: Result<WholeCall.Answer, WholeCall.Failure>, within timeout: Int
    ) throws(UpstreamError) -> WholeCall.Answer {
        switch result {
        case .success(let answer):
            if 200..<300 ~= answer.head.status { return answer }
            throw client.refused(answer.head.status, reader.refusal(answer))
        case .failure(.transport(let failure)): throw UpstreamError(failure, .head)
        case .failure(.tooLarge): throw HTTPTaskReader.tooLarge
        case .failure(.timeout):
            throw UpstreamError(
                job == nil ? .firstEventTimeout : .idleTimeout, "The provider did not answer within \(timeout) ms.")
        }
    }

    // MARK: Ways of a job

    private func act(on state: HTTPTaskReader.State, _ root: JSONValue?, isWhole: Bool = false) {
        guard sink != nil else { return }
        switch state {
        case .running:
            if settings.events != nil { follow() } else { rest() }
        case .done:
            isJobOver = true
            if settings.result == nil { return finish(root, isWhole: isWhole) }
            question = .result
            ask()
        case .failed(let error):
            isJobOver = true
            fail(error)
        }
    }

    private func finish(_ root: JSONValue?, isWhole: Bool) {
        do {
            try reader.finish(root, isWhole: isWhole) { payload, facts in append(payload, facts) }
            let sink = sink
            release()
            sink?.end(nil)
        } catch {
            fail(error)
        }
    }

    private func append(_ payload: RawSpan, _ facts: ChatChunkFacts) { sink?.append(payload, facts) }

    // MARK: Looks

    private func rest(atLeast milliseconds: Int = 0) {
        pause?.arm(milliseconds: max(interval, milliseconds))
        guard let polling = settings.polling else { return }
        interval = Int(min(Double(polling.longestInterval), Double(interval) * polling.factor))
    }

    private func pauseIsOver() {
        if transfer != nil { followUntilSilence() } else { ask() }
    }

    private func ask() {
        guard let sink else { return }
        guard !sink.isFull else {
            waitsForRoom = true
            return sink.didPause()
        }
        let path = question == .status ? settings.polling?.path : settings.result
        guard let path else { preconditionFailure("nothing to ask") }
        call = ask(about(HTTPTaskUpstream.Settings.Call(.get, path)), within: timeouts.idle) { result in
            self.answered(result)
        }
    }

    private func answered(_ result: Result<WholeCall.Answer, WholeCall.Failure>) {
        call = nil
        do throws(UpstreamError) {
            let answer = try accepted(result, within: timeouts.idle)
            failures = 0
            let root = try reader.object(answer.body)
            if question == .result { return finish(root, isWhole: false) }
            let before = reader.textBytes
            let state = try reader.looked(root) { payload, facts in append(payload, facts) }
            if reader.textBytes > before { interval = settings.polling?.interval ?? 0 }
            act(on: state, root, wait: answer.head.retryAfter)
        } catch {
            missed(error)
        }
    }

    private func act(on state: HTTPTaskReader.State, _ root: JSONValue, wait: Int?) {
        guard sink != nil else { return }
        if case .running = state { rest(atLeast: wait ?? 0) } else { act(on: state, root) }
    }

    /// A look has failed. One of them does not end a job that may have run for minutes.
    private func missed(_ error: UpstreamError) {
        failures += 1
        let isFault = error.cause != .malformed && error.cause != .oversized && error.cause != .inBand
        guard isFault, failures <= settings.polling?.failures ?? 0 else { return fail(error) }
        rest(atLeast: error.retryAfter ?? 0)
    }

    // MARK: Events

    private func follow() {
        guard let path = settings.events else { return }
        lastBytesAt = client.reactor.now
        pause?.arm(milliseconds: timeouts.idle)
        transfer = client.transport.start(
            about(HTTPTaskUpstream.Settings.Call(.get, path), accept: "text/event-stream"), self)
    }

    func transferDidReceive(_ head: AnswerHead) {
        guard 200..<300 ~= head.status, head.isEventStream else {
            return unfollowed(UpstreamError(.malformed, "The provider does not tell of the job by events."))
        }
    }

    func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        guard let sink, transfer != nil else { return .more }
        if sink.isFull {
            isPaused = true
            sink.didPause()
            return .pause
        }
        lastBytesAt = client.reactor.now
        do {
            try parser.feed(bytes) { (data, name) throws(UpstreamError) in try take(data, name) }
            endIfToldSo()
        } catch {
            failed(error)
        }
        return .more
    }

    func transferDidEnd(_ failure: TransportFailure?) {
        transfer = nil
        do {
            if failure == nil {
                _ = try parser.finish { (data, name) throws(UpstreamError) in try take(data, name) }
            }
            if ending != nil { return endIfToldSo() }
        } catch {
            // Half of an event is none.
            if case .consumer(let error) = error, error.cause != .malformed { return fail(error) }
        }
        unfollowed(
            failure.map { UpstreamError($0, .body) }
                ?? UpstreamError(.truncated, "The provider's events ended before the job did."))
    }

    private func take(_ data: RawSpan, _ name: RawSpan) throws(UpstreamError) {
        guard sink != nil, ending == nil else { return }
        let told = try reader.event(data, name) { payload, facts in append(payload, facts) }
        if case .running = told.state { return }
        ending = told
    }

    private func endIfToldSo() {
        guard let ending else { return }
        stopFollowing()
        act(on: ending.state, ending.root, isWhole: true)
    }

    private func failed(_ error: SSEError<UpstreamError>) {
        switch error {
        case .consumer(let error): fail(error)
        case .eventTooLarge: fail(UpstreamError(.oversized, "The provider sent an event above the size bound."))
        }
    }

    /// The events tell no more: from now on the job is looked at.
    private func unfollowed(_ error: UpstreamError) {
        stopFollowing()
        guard sink != nil else { return }
        guard settings.polling != nil else { return fail(error) }
        ask()
    }

    private func followUntilSilence() {
        let silent = client.reactor.now.milliseconds(since: lastBytesAt)
        if !isPaused, silent >= timeouts.idle {
            return unfollowed(
                UpstreamError(.idleTimeout, "The provider told nothing of the job for \(timeouts.idle) ms."))
        }
        pause?.arm(milliseconds: isPaused ? timeouts.idle : max(1, timeouts.idle - silent))
    }

    private func stopFollowing() {
        let transfer = transfer
        self.transfer = nil
        isPaused = false
        pause?.cancel()
        transfer?.cancel()
    }

    // MARK: Endings

    private func fail(_ error: UpstreamError) {
        let sink = sink
        release()
        sink?.end(error)
    }

    /// Lets go of all that is held, and of the job.
    private func release() {
        let wasWanted = sink != nil
        sink = nil
        slot = nil
        stopFollowing()
        for timer in [deadline, pause] { timer?.cancel() }
        (deadline, pause) = (nil, nil)
        guard wasWanted else { return }
        if job == nil, let call, settings.cancel != nil, call.isConnected { return }
        call?.cancel()
        call = nil
        cancelJob()
    }

    private func cancelJob() {
        guard job != nil, !isJobOver, let cancel = settings.cancel else { return }
        isJobOver = true
        // The transport holds it until it is over.
        _ = WholeCall(
            about(cancel), over: client.transport, maxBytes: Self.maxCancelBytes, timeout: Self.cancelTimeout,
            reactor: client.reactor, completion: { _ in })
    }
}
