/// One call to a provider that speaks OpenAI's API: turns bytes into events, and every way to fail into an error.
///
/// States: `waiting` for the head → `streaming` events, `collecting` a whole answer, or `refused`, which collects the
/// provider's error → ended (`sink` is nil). An answer that was asked for as a stream ends properly with `[DONE]`
/// alone; anything else that ends it is an error.
final class OpenAICall: CompletionCall, TransferReceiver {
    private enum State {
        case waiting
        case streaming(isDone: Bool)
        case collecting(AnswerHead)
        case refused(AnswerHead)
    }

    private let upstream: OpenAIUpstream
    private let request: CompletionRequest
    /// Given back as soon as the call is over, whoever still holds it.
    private var slot: InFlight.Slot?
    private var sink: (any CompletionSink)?
    private var transfer: (any HTTPTransfer)?
    private var state = State.waiting
    private var parser: SSEParser
    private var collected = ByteBuffer()
    private var timer: (any ReactorTimer)?
    private let startedAt: MonotonicTime
    /// Since when the provider is waited for: the start, the last event from the first content on, or a resumption.
    private var waitingSince: MonotonicTime
    private var hasContent = false
    private var isPaused = false

    /// Bytes kept of a provider's error.
    private static let maxErrorBytes = 256 * 1024

    init(_ upstream: OpenAIUpstream, request: CompletionRequest, slot: InFlight.Slot, sink: any CompletionSink) {
        self.upstream = upstream
        self.request = request
        self.slot = slot
        self.sink = sink
        parser = SSEParser(maxEventBytes: upstream.settings.maxEventBytes)
        startedAt = upstream.reactor.now
        waitingSince = startedAt
    }

    func start(_ transport: any HTTPTransport, _ request: consuming TransportRequest) {
        timer = upstream.reactor.timer { [unowned self] in timerFired() }
        armTimer(now: startedAt)
        transfer = transport.start(request, self)
    }

    // MARK: CompletionCall

    func cancel() {
        release()?.cancel()
    }

    func resume() {
        guard isPaused else { return }
        isPaused = false
        waitingSince = upstream.reactor.now
        armTimer(now: waitingSince)
        transfer?.resume()
    }

    // MARK: TransferReceiver

    func transferDidReceive(_ head: AnswerHead) {
        guard 200..<300 ~= head.status else {
            state = .refused(head)
            return
        }
        if request.isStream {
            guard head.isEventStream else {
                fail(UpstreamError(.malformed, "The provider did not answer with a stream of events."))
                return
            }
            state = .streaming(isDone: false)
        } else {
            state = .collecting(head)
        }
        sink?.begin(head)
    }

    func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        guard let sink else { return .more }
        switch state {
        case .waiting:
            preconditionFailure("a body before its head")
        case .streaming:
            if sink.isFull {
                isPaused = true
                return .pause
            }
            takeEvents(bytes, sink)
        case .collecting:
            guard collected.count + bytes.byteCount <= upstream.settings.maxResponseBytes else {
                fail(UpstreamError(.oversized, "The provider's answer is larger than the gateway takes."))
                return .more
            }
            collected.append(bytes)
        case .refused:
            let room = Self.maxErrorBytes - collected.count
            collected.append(bytes.extracting(0..<min(room, bytes.byteCount)))
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
        case .streaming(isDone: true):
            end(nil)
        case .streaming(isDone: false):
            endStream()
        case .collecting:
            finishAnswer()
        case .refused(let head):
            let answer = UpstreamError.Answer(head: head, body: collected.copy())
            end(UpstreamError(status: head.status, answer: answer, ownCredentials: !upstream.settings.passesCallerKey))
        }
    }

    // MARK: Events

    private func takeEvents(_ bytes: RawSpan, _ sink: any CompletionSink) {
        let now = upstream.reactor.now
        do {
            try parser.feed(bytes) { (data, _) throws(UpstreamError) in try takeEvent(data, now, sink) }
        } catch {
            switch error {
            case .consumer(let error): fail(error)
            case .eventTooLarge: fail(UpstreamError(.oversized, "The provider sent an event above the size bound."))
            }
        }
    }

    private func takeEvent(
        _ payload: RawSpan, _ now: MonotonicTime, _ sink: any CompletionSink
    ) throws(UpstreamError) {
        // The sink may have cancelled on the event before.
        guard case .streaming(isDone: false) = state, self.sink != nil else { return }
        if payload.equals("[DONE]") {
            state = .streaming(isDone: true)
            return
        }
        let facts: ChatChunkFacts
        do {
            facts = try upstream.parser.chunkFacts(payload)
        } catch {
            throw UpstreamError(.malformed, "The provider sent an event that is not JSON.")
        }
        guard facts.isObject else {
            throw UpstreamError(.malformed, "The provider sent an event that is not a JSON object.")
        }
        if facts.hasError {
            var body = ByteBuffer()
            body.append(payload)
            let answer = UpstreamError.Answer(head: AnswerHead(status: 200, lines: []), body: body.copy())
            throw UpstreamError(.inBand, "The provider reported an error within its stream.", answer: answer)
        }
        if hasContent {
            waitingSince = now
        } else if facts.hasContent || facts.hasFinishReason {
            hasContent = true
            waitingSince = now
            armTimer(now: now)
        }
        sink.append(payload, facts)
    }

    /// The transfer is over and no end mark was read, unless it is the last line and has no end: some providers leave
    /// that out. Any other rest is half an event.
    private func endStream() {
        var isDone = false
        _ = try? parser.finish { data, _ in isDone = data.equals("[DONE]") }
        let cut = UpstreamError(.truncated, "The provider's stream ended without its end mark ([DONE]).")
        end(isDone ? nil : cut)
    }

    private func finishAnswer() {
        let facts = collected.withBytes { bytes in try? upstream.parser.chunkFacts(bytes) }
        guard let facts, facts.isObject else {
            end(UpstreamError(.malformed, "The provider's answer is not a JSON object."))
            return
        }
        collected.withBytes { bytes in sink?.append(bytes, facts) }
        end(nil)
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
        timer?.cancel()
        timer = nil
        return transfer
    }

    private func error(_ failure: TransportFailure) -> UpstreamError {
        if case .waiting = state { return UpstreamError(failure, .head) }
        return UpstreamError(failure, .body)
    }

    // MARK: Timeouts

    /// The timer is armed for the nearest deadline and looks again when it fires, so that an event costs no arming.
    private func timerFired() {
        let now = upstream.reactor.now
        if let error = overdue(now) {
            fail(error)
        } else {
            armTimer(now: now)
        }
    }

    private func overdue(_ now: MonotonicTime) -> UpstreamError? {
        let settings = upstream.settings
        if now.milliseconds(since: startedAt) >= settings.totalTimeout {
            return UpstreamError(.totalTimeout, "The provider's answer took longer than \(settings.totalTimeout) ms.")
        }
        guard let idle = idleTimeout, !isPaused, now.milliseconds(since: waitingSince) >= idle else { return nil }
        return hasContent
            ? UpstreamError(.idleTimeout, "The provider sent no event for \(idle) ms.")
            : UpstreamError(.firstEventTimeout, "The provider sent no content within \(idle) ms.")
    }

    private func armTimer(now: MonotonicTime) {
        var left = upstream.settings.totalTimeout - now.milliseconds(since: startedAt)
        if let idle = idleTimeout, !isPaused { left = min(left, idle - now.milliseconds(since: waitingSince)) }
        timer?.arm(milliseconds: max(1, left))
    }

    /// A whole answer comes only when all of it is made: only the total time bounds it.
    private var idleTimeout: Int? {
        guard request.isStream else { return nil }
        return hasContent ? upstream.settings.idleTimeout : upstream.settings.firstEventTimeout
    }
}
