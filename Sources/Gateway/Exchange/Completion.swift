import Policies
import Upstreams

/// The life of one completion: a target is chosen, an upstream writes a log, and the log is read out to the client.
///
/// One task of the loop runs `run`; whatever happens outside wakes it, and it looks at everything again. Cancels the
/// upstream as soon as the client has gone, in every phase.
final class Completion {
    private let exchange: Exchange
    private let wakeup = Wakeup()
    private let log: CompletionLog
    private var call: (any CompletionCall)?
    private var request: CompletionRequest?
    private var interruption: Interruption?
    private var requestSeries: MetricSeries<RequestKey>?
    private var upstreamSeries: MetricSeries<UpstreamKey>?
    private var target: ModelTarget?
    private var upstreamStartedAt: MonotonicTime?
    private var upstreamEndedAt: MonotonicTime?
    private var firstContentAt: MonotonicTime?
    private var lastBatchAt: MonotonicTime?
    private var phase = RequestPhase.waiting
    private let gate: Gate
    /// A guard's no to the answer.
    private var answerRefusal: Refusal?

    private enum Interruption {
        case clientLeft
        case shutDown
    }

    init(_ exchange: Exchange) {
        self.exchange = exchange
        gate = Gate(exchange)
        log = CompletionLog(waking: wakeup, highBytes: exchange.runtime.configuration.bounds.outputLowBytes)
    }

    private var loop: EventLoop { exchange.service.loop }
    private var response: ResponseWriter { exchange.response }

    /// What policies tell in the response: the gateway's own rates, and what was cut from the history.
    func writePolicyFields(to output: inout ByteBuffer) {
        if let rates = gate.rates { output.append(rates) }
        if let trimmed = gate.trimmed { output.appendField(TrimmedHistory.headerName, trimmed.headerValue) }
    }

    // MARK: From outside

    func wake() { wakeup.wake() }

    func clientLeft() {
        interruption = .clientLeft
        wakeup.wake()
    }

    func shutDown() {
        interruption = interruption ?? .shutDown
        wakeup.wake()
    }

    /// The client has heard nothing for long: tells it that the stream lives.
    func keepAlive() {
        guard request?.isStream == true, call != nil, interruption == nil else { return }
        if !response.hasBegun { beginStream() }
        response.events { $0.comment("keep-alive") }
    }

    // MARK: The life

    func run(_ request: CompletionRequest) async {
        self.request = request
        do throws(APIError) {
            let route = try route(of: request)
            let admitted = try await gate.admit(request, route, waking: wakeup) { interruption != nil }
            if let interruption { return interrupt(interruption) }
            startUpstream(admitted, route)
        } catch {
            return exchange.answer(error)
        }
        if request.isStream { await relayStream(request) } else { await relayAnswer() }
    }

    private func route(of request: CompletionRequest) throws(APIError) -> ModelTable.Route {
        guard let route = exchange.runtime.models.route(request.model),
            exchange.identity.mayUse(model: request.model)
        else { throw .unknownModel(request.model) }
        return route
    }

    private func startUpstream(_ request: CompletionRequest, _ route: ModelTable.Route) {
        let place = route.choice.pick(exchange.service.random())
        let target = route.targets[place]
        let series = exchange.runtime.series[route.index]
        self.target = target
        upstreamSeries = series.targets[place]
        requestSeries = series.requests
        series.requests.values.inFlight += 1
        series.targets[place].values.began()
        upstreamStartedAt = loop.now
        call = exchange.runtime.upstream(target.upstream).start(
            request, model: target.model ?? request.model, sink: log)
    }

    // MARK: Streams

    private func relayStream(_ request: CompletionRequest) async {
        while true {
            if let interruption { return interrupt(interruption) }
            if response.isFull {
                phase = .responding
                await wakeup.wait()
                continue
            }
            if log.hasUnread {
                // Nothing has gone out yet: a failure can still be told by a proper status.
                if !response.hasBegun, failsBeforeContent { return finish() }
                deliver(request)
                if let answerRefusal { return refuseAnswer(answerRefusal) }
                call?.resume()
                continue
            }
            if log.end != nil { return finish() }
            await wakeup.wait()
        }
    }

    private var failsBeforeContent: Bool {
        if case .failed = log.end { return !log.hasContent }
        return false
    }

    /// Hands on all events that wait, in one go.
    private func deliver(_ request: CompletionRequest) {
        if !response.hasBegun { beginStream() }
        let now = loop.now
        if firstContentAt == nil, log.hasContent {
            firstContentAt = now
            requestSeries?.values.firstToken(after: nanoseconds(from: exchange.startedAt, to: now))
            upstreamSeries?.values.firstEvent(after: nanoseconds(from: upstreamStartedAt ?? now, to: now))
        } else if let lastBatchAt {
            upstreamSeries?.values.event(gap: nanoseconds(from: lastBatchAt, to: now))
        }
        lastBatchAt = now
        phase = .responding
        let hidesUsage = !request.wantsUsage
        response.events { writer in
            let count = log.drain { payload, kind in
                if kind == .usageOnly, hidesUsage { return }
                if gate.answerGuard == nil { writer.event(payload) } else { guarded(payload, &writer) }
            }
            requestSeries?.values.eventsSent += count
        }
    }

    private func guarded(_ payload: RawSpan, _ writer: inout EventWriter) {
        guard answerRefusal == nil else { return }
        do {
            try gate.answerGuard?.event(payload) { writer.event($0) }
        } catch {
            answerRefusal = error
        }
    }

    private func beginStream() {
        response.beginStream(.ok) { output in
            output.append("content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n")
            exchange.writeCommonFields(to: &output)
            if let head = log.head { ForwardedFields.relay(head, rates: gate.rates == nil, to: &output) }
        }
    }

    // MARK: Whole answers

    private func relayAnswer() async {
        while log.end == nil, interruption == nil { await wakeup.wait() }
        if let interruption { return interrupt(interruption) }
        finish()
    }

    // MARK: Endings

    private func finish() {
        upstreamEndedAt = loop.now
        call = nil
        switch log.end {
        case .failed(let error): fail(error)
        case .completed, nil: succeed()
        }
    }

    private func succeed() {
        if request?.isStream == true {
            if !response.hasBegun { beginStream() }
            response.events { writer in releaseHeld(&writer) }
            if let answerRefusal { return refuseAnswer(answerRefusal) }
            response.events { $0.event("[DONE]") }
            response.endStream()
        } else {
            _ = log.drain { payload, _ in sendWhole(payload) }
            if let answerRefusal { return refuseAnswer(answerRefusal) }
        }
        gate.countFindings()
        exchange.finish(.completed)
    }

    /// What a guard has held back at the end of a stream.
    private func releaseHeld(_ writer: inout EventWriter) {
        do {
            try gate.answerGuard?.finish { writer.event($0) }
        } catch {
            answerRefusal = error
        }
    }

    private func sendWhole(_ payload: RawSpan) {
        do {
            if let look = gate.answerGuard { try look.whole(payload) { send($0) } } else { send(payload) }
        } catch {
            answerRefusal = error
        }
    }

    private func send(_ answer: RawSpan) {
        response.send(.ok, body: answer) { output in
            output.append("content-type: application/json\r\n")
            exchange.writeCommonFields(to: &output)
            if let head = log.head { ForwardedFields.relay(head, rates: gate.rates == nil, to: &output) }
        }
    }

    /// A guard does not let the answer through: what has not gone out yet never does.
    private func refuseAnswer(_ refusal: Refusal) {
        upstreamEndedAt = loop.now
        call?.cancel()
        call = nil
        let error = APIError(refusal, policy: gate.countFindings() ?? "guard")
        guard response.hasBegun else { return exchange.answer(error) }
        endWithError(error, provider: nil)
        exchange.finish(.clientError, errorCode: error.label, source: .client)
    }

    private func fail(_ error: UpstreamError) {
        let told = APIError(error)
        if response.hasBegun {
            endWithError(told, provider: error.answer?.body)
        } else if let answer = error.answer, ProviderError.isRelayable(answer, exchange.service.parser) {
            relay(answer)
        } else {
            return exchange.answer(told)
        }
        exchange.finish(.upstreamError, errorCode: error.cause.rawValue, source: .upstream)
    }

    /// The provider's own words, with its status and what it says about retries.
    private func relay(_ answer: UpstreamError.Answer) {
        var body = ByteBuffer(answer.body)
        let status = answer.head.status < 300 ? 502 : answer.head.status
        exchange.send(HTTPStatus(status), body) { output in
            output.append("content-type: application/json\r\n")
            ForwardedFields.relay(answer.head, rates: gate.rates == nil, to: &output)
        }
        body.removeAll()
    }

    /// Ends a stream that has begun: one error event, and no `[DONE]`.
    private func endWithError(_ error: APIError, provider: [UInt8]?) {
        var event = ByteBuffer()
        if let provider { event.append(provider) } else { error.write(to: &event) }
        event.withBytes { bytes in response.events { $0.event(bytes) } }
        response.endStream()
    }

    private func interrupt(_ interruption: Interruption) {
        upstreamEndedAt = loop.now
        if let call {
            call.cancel()
            upstreamSeries?.values.cancellations += 1
        }
        call = nil
        switch interruption {
        case .clientLeft:
            requestSeries?.values.clientLeft(phase)
            exchange.finish(.clientDisconnected, errorCode: "client_left", source: .client)
        case .shutDown where response.hasBegun:
            endWithError(.shuttingDown, provider: nil)
            exchange.finish(.gatewayError, errorCode: "shutting_down")
        case .shutDown:
            exchange.answer(.shuttingDown)
        }
    }

    // MARK: Accounting

    /// Nanoseconds that the upstream has taken so far; nil if none was called.
    var upstreamNanoseconds: Int64? {
        guard let upstreamStartedAt else { return nil }
        return (upstreamEndedAt ?? loop.now).nanoseconds - upstreamStartedAt.nanoseconds
    }

    func account(
        into entry: inout AccessLogEntry, _ outcome: RequestOutcome, errorCode: String, source: ErrorSource,
        duration: Int
    ) {
        gate.settle(log, isStream: request?.isStream == true)
        entry.dialect = "openai"
        let failed = outcome == .completed ? nil : errorCode
        guard let target, let upstreamStartedAt else {
            let series = exchange.service.metrics.request(RequestKey(dialect: "openai", operation: "chat", model: nil))
            series.values.ended(
                upstream: nil, status: entry.status, nanoseconds: duration, error: failed.map { (source, $0) })
            return
        }
        let end = upstreamEndedAt ?? loop.now
        entry.upstream = target.upstream
        entry.upstreamModel = target.model ?? entry.model
        entry.attempts = 1
        entry.upstreamNanoseconds = nanoseconds(from: upstreamStartedAt, to: end)
        entry.firstEventNanoseconds = firstContentAt.map { nanoseconds(from: exchange.startedAt, to: $0) }
        if let usage = log.usage {
            entry.tokensIn = usage.promptTokens
            entry.tokensOut = usage.completionTokens
            entry.tokensCached = usage.cachedTokens
            upstreamSeries?.values.used(
                input: usage.promptTokens, output: usage.completionTokens, cached: usage.cachedTokens)
            if let firstContentAt {
                requestSeries?.values.output(
                    tokens: usage.completionTokens, in: nanoseconds(from: firstContentAt, to: end))
            }
        }
        upstreamSeries?.values.events += log.eventsAppended
        upstreamSeries?.values.bytesReceived += log.bytesAppended
        upstreamSeries?.values.bytesSent += entry.bytesIn
        upstreamSeries?.values.ended(nanoseconds: nanoseconds(from: upstreamStartedAt, to: end), error: failed)
        requestSeries?.values.inFlight -= 1
        requestSeries?.values.ended(
            upstream: target.upstream, status: outcome == .clientDisconnected ? 499 : entry.status,
            nanoseconds: duration, error: failed.map { (source, $0) })
    }

    private func nanoseconds(from start: MonotonicTime, to end: MonotonicTime) -> Int {
        Int(end.nanoseconds - start.nanoseconds)
    }
}
