/// One call to a provider over HTTP: its bytes go through a decoder into events, and every way to fail into an error.
///
/// Owns the clocks and the bounds of the call, pausing and cancelling; knows nothing of what the provider speaks.
/// States: `waiting` for the head → `streaming` events, `collecting` a whole answer, or `refused`, which collects the
/// provider's error → ended (`sink` is nil). Whether a stream ended properly is what the decoder says of it.
final class ProviderCall<Decoder: ProviderDecoder & ~Copyable>: CompletionCall, TransferReceiver {
    private enum State {
        case waiting
        case streaming
        case collecting(AnswerHead)
        case refused(AnswerHead)
    }

    private let client: ProviderClient
    private let request: CompletionRequest
    private let timeouts: CallTimeouts
    private var decoder: Decoder
    /// Given back as soon as the call is over, whoever still holds it.
    private var slot: InFlight.Slot?
    private var sink: (any CompletionSink)?
    private var transfer: (any HTTPTransfer)?
    private var state = State.waiting
    private var parser: SSEParser
    private var collected = ByteBuffer()
    /// The provider is waited for since the start, the last event from the first content on, or a resumption.
    private var clock: CallClock
    private var hasContent = false
    private var isPaused = false

    init(
        _ client: ProviderClient, _ decoder: consuming Decoder, request: CompletionRequest, timeouts: CallTimeouts,
        slot: InFlight.Slot, sink: any CompletionSink
    ) {
        self.client = client
        self.decoder = decoder
        self.request = request
        self.timeouts = timeouts
        self.slot = slot
        self.sink = sink
        parser = SSEParser(maxEventBytes: client.settings.maxEventBytes)
        clock = CallClock(timeouts, at: client.reactor.now)
    }

    func start(_ transport: any HTTPTransport, _ request: consuming TransportRequest) {
        clock.start(client.reactor.timer { [unowned self] in timerFired() })
        armTimer(clock.waitingSince)
        transfer = transport.start(request, self)
    }

    // MARK: CompletionCall

    func cancel() {
        release()?.cancel()
    }

    func resume() {
        guard isPaused else { return }
        isPaused = false
        clock.waitingSince = client.reactor.now
        armTimer(clock.waitingSince)
        transfer?.resume()
    }

    // MARK: TransferReceiver

    func transferDidReceive(_ head: AnswerHead) {
        guard 200..<300 ~= head.status else {
            state = .refused(head)
            return
        }
        if request.isStream {
            guard decoder.accepts(head) else {
                fail(UpstreamError(.malformed, "The provider did not answer with a stream of events."))
                return
            }
            state = .streaming
        } else {
            state = .collecting(head)
        }
        sink?.begin(decoder.head(head))
    }

    func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        guard let sink else { return .more }
        switch state {
        case .waiting:
            preconditionFailure("a body before its head")
        case .streaming:
            if sink.isFull {
                isPaused = true
                sink.didPause()
                return .pause
            }
            takeEvents(bytes)
        case .collecting:
            guard collected.count + bytes.byteCount <= client.settings.maxResponseBytes else {
                fail(UpstreamError(.oversized, "The provider's answer is larger than the gateway takes."))
                return .more
            }
            collected.append(bytes)
        case .refused:
            ProviderClient.keep(bytes, in: &collected)
        }
        return .more
    }

    func transferDidEnd(_ failure: TransportFailure?) {
        transfer = nil
        if let failure {
            end(error(failure))
            return
        }
        switch state {
        case .waiting:
            end(UpstreamError(.truncated, UpstreamError.Stage.head.truncation))
        case .streaming:
            finishStream()
        case .collecting:
            finishAnswer()
        case .refused(let head):
            let answer = decoder.refusal(UpstreamError.Answer(head: head, body: collected.copy()))
            end(client.refused(answer.head.status, answer))
        }
    }

    // MARK: Events

    private func takeEvents(_ bytes: RawSpan) {
        let now = client.reactor.now
        if Decoder.framesItself { return takeFrames(bytes, now) }
        do {
            try parser.feed(bytes) { (data, _) throws(UpstreamError) in try takeEvent(data, now) }
        } catch {
            switch error {
            case .consumer(let error): fail(error)
            case .eventTooLarge: fail(UpstreamError(.oversized, "The provider sent an event above the size bound."))
            }
        }
    }

    private func takeFrames(_ bytes: RawSpan, _ now: MonotonicTime) {
        do {
            try decoder.bytes(bytes) { payload, facts in append(payload, facts, now) }
        } catch {
            fail(error)
        }
    }

    private func takeEvent(_ data: RawSpan, _ now: MonotonicTime) throws(UpstreamError) {
        // The sink may have cancelled on the event before.
        guard case .streaming = state, sink != nil else { return }
        try decoder.event(data) { payload, facts in append(payload, facts, now) }
    }

    private func append(_ payload: RawSpan, _ facts: ChatChunkFacts, _ now: MonotonicTime) {
        // One event of the provider may have become several, and the sink may have cancelled between them.
        guard let sink else { return }
        if hasContent {
            clock.waitingSince = now
        } else if facts.hasContent || facts.hasFinishReason {
            hasContent = true
            clock.waitingSince = now
            armTimer(now)
        }
        sink.append(payload, facts)
    }

    /// The transfer is over. A last event that cannot be read is half of one: then the decoder tells that the stream has
    /// not ended.
    private func finishStream() {
        let now = client.reactor.now
        do {
            _ = try parser.finish { (data, _) throws(UpstreamError) in
                try decoder.rest(data) { payload, facts in append(payload, facts, now) }
            }
        } catch {
            if case .consumer(let error) = error, error.cause != .malformed { return end(error) }
        }
        do {
            try decoder.finish { payload, facts in append(payload, facts, now) }
            end(nil)
        } catch {
            end(error)
        }
    }

    private func finishAnswer() {
        do {
            try collected.withBytes { (bytes) throws(UpstreamError) in
                try decoder.whole(bytes) { payload, facts in sink?.append(payload, facts) }
            }
            end(nil)
        } catch {
            end(error)
        }
    }

    // MARK: Endings

    /// Ends the call for a reason of ours.
    private func fail(_ error: UpstreamError) {
        let sink = sink
        release()?.cancel()
        sink?.end(error)
    }

    /// Ends a call whose transfer is over.
    private func end(_ error: UpstreamError?) {
        let sink = sink
        _ = release()
        sink?.end(error)
    }

    private func release() -> (any HTTPTransfer)? {
        let transfer = transfer
        self.transfer = nil
        sink = nil
        slot = nil
        clock.stop()
        return transfer
    }

    private func error(_ failure: TransportFailure) -> UpstreamError {
        if case .waiting = state { return UpstreamError(failure, .head) }
        return UpstreamError(failure, .body)
    }

    // MARK: Timeouts

    private func timerFired() {
        let now = client.reactor.now
        guard let deadline = clock.overdue(at: now, isConnected: isConnected, idle: idleTimeout) else {
            return armTimer(now)
        }
        fail(error(deadline))
    }

    private func armTimer(_ now: MonotonicTime) { clock.arm(at: now, isConnected: isConnected, idle: idleTimeout) }

    private func error(_ deadline: CallClock.Deadline) -> UpstreamError {
        switch deadline {
        case .total: .overTotal(timeouts)
        case .connect: error(TransportFailure.connectTimeout)
        case .idle where hasContent:
            UpstreamError(.idleTimeout, "The provider sent no event for \(timeouts.idle) ms.")
        case .idle:
            UpstreamError(.firstEventTimeout, "The provider sent no content within \(timeouts.firstEvent) ms.")
        }
    }

    private var isConnected: Bool { transfer?.isConnected == true }

    /// A whole answer comes only when all of it is made: only the total time bounds it.
    private var idleTimeout: Int? {
        guard request.isStream, !isPaused else { return nil }
        return hasContent ? timeouts.idle : timeouts.firstEvent
    }
}
