import Policies
import Upstreams

/// Reads a log out to one client: as a stream of events or as one whole answer, through what guards the answer.
///
/// Writes nothing after the end. What went wrong is told by its outcome; the errors themselves are written here, since
/// only the relay knows whether something has gone out already.
final class Relay {
    enum Outcome {
        case completed
        /// The client was told of an error of this source and with this code.
        case failed(RequestOutcome, code: String, ErrorSource)
        /// Nothing was sent yet: whoever drives the relay decides what becomes of this end.
        case undecided(CompletionEnd)
    }

    private let exchange: Exchange
    private let gate: Gate
    private let form: AnswerForm
    private let source: LogSource
    private var answerRefusal: Refusal?
    private var nextEvent: Int
    private var pace: RelayPace?
    private var hasFinished = false
    /// When the first content was handed to the client.
    private(set) var firstContentAt: MonotonicTime?
    private(set) var eventsSent = 0

    init(_ exchange: Exchange, _ gate: Gate, _ form: AnswerForm, _ source: LogSource, waking wakeup: Wakeup) {
        self.exchange = exchange
        self.gate = gate
        self.form = form
        self.source = source
        nextEvent = source.reader.offset
        if form.isStream { pace = gate.pacer.map { RelayPace($0, exchange.service.loop, waking: wakeup) } }
    }

    private var response: ResponseWriter { exchange.response }
    private var reader: any LogReader { source.reader }

    // MARK: Steps

    /// Hands on what there is, as far as the client takes it. Nil: there is more to wait for.
    func step() -> Outcome? {
        form.isStream ? streamStep() : wholeStep()
    }

    /// The client has heard nothing for long: tells it that the stream lives.
    func keepAlive() {
        guard form.isStream else { return }
        if !response.hasBegun { beginStream() }
        response.events { $0.comment("keep-alive") }
    }

    private func streamStep() -> Outcome? {
        if let pace, pace.isWaiting { response.events { writer in pace.flush { write($0, &writer) } } }
        guard source.isStream else { return splitStep() }
        while !response.isFull, pace?.isFull != true {
            if reader.isOverrun { return interrupt(.overrun) }
            guard reader.hasUnread else {
                guard let end = reader.end else { return nil }
                return finishStream(end)
            }
            // Nothing has gone out yet: a failure can still be told by a proper status, or mended. Whoever reads along
            // waits for content, since another may have to write the answer if this one fails before.
            if !response.hasBegun, !reader.hasContent {
                if let end = reader.end, !end.isCompleted { return .undecided(end) }
                if reader.end == nil, !source.isFresh { return nil }
            }
            deliver()
            if let answerRefusal { return refuse(answerRefusal) }
            source.dispatch?.resume()
        }
        return nil
    }

    private func wholeStep() -> Outcome? {
        guard let end = reader.end else { return nil }
        guard end.isCompleted else { return .undecided(end) }
        if reader.isOverrun { return interrupt(.overrun) }
        if source.isStream { sendAssembled() } else { _ = reader.drain { payload, _ in sendWhole(payload) } }
        if let answerRefusal { return refuse(answerRefusal) }
        gate.countFindings()
        return .completed
    }

    // MARK: Streams

    /// Hands on all events that wait, in one go.
    private func deliver() {
        if !response.hasBegun { beginStream() }
        if firstContentAt == nil, reader.hasContent { firstContentAt = exchange.service.loop.now }
        let hidesUsage = !form.wantsUsage
        response.events { writer in
            eventsSent += reader.drain { payload, kind in
                if kind != .usageOnly || !hidesUsage { deliver(payload, &writer) } else { nextEvent += 1 }
            }
        }
    }

    private func deliver(_ payload: RawSpan, _ writer: inout EventWriter) {
        guard let answerGuard = gate.answerGuard else { return pass(payload, &writer) }
        guarded { () throws(Refusal) in try answerGuard.event(payload) { pass($0, &writer) } }
    }

    private func pass(_ payload: RawSpan, _ writer: inout EventWriter) {
        if let pace { pace.event(payload) { write($0, &writer) } } else { write(payload, &writer) }
    }

    /// Numbers the events as the client sees them: a guard makes several of one, or one of several, the same ones each
    /// time. Those before the one that the client asked for are read for the guard's sake alone.
    private func write(_ payload: RawSpan, _ writer: inout EventWriter) {
        defer { nextEvent += 1 }
        guard let id = source.streamID else { return writer.event(payload) }
        if nextEvent >= source.firstEvent { writer.event(payload, id: id, nextEvent) }
    }

    private func guarded(_ body: () throws(Refusal) -> Void) {
        guard answerRefusal == nil else { return }
        do {
            try body()
        } catch {
            answerRefusal = error
        }
    }

    private func beginStream() {
        response.beginStream(.ok) { output in
            output.append("content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n")
            writeFields(to: &output)
        }
    }

    private func finishStream(_ end: CompletionEnd) -> Outcome? {
        guard response.hasBegun || end.isCompleted else { return .undecided(end) }
        switch end {
        case .completed: return completeStream()
        case .failed(let error): return fail(error)
        case .cancelled(let cause): return interrupt(APIError(cause))
        }
    }

    /// A stream of one whole answer, which was made for a client that wanted it so.
    private func splitStep() -> Outcome? {
        guard let end = reader.end else { return nil }
        guard end.isCompleted else { return .undecided(end) }
        if !response.hasBegun {
            beginStream()
            firstContentAt = exchange.service.loop.now
        }
        response.events { writer in
            _ = reader.drain { payload, _ in
                AnswerSplitter(parser: exchange.service.parser, wantsUsage: form.wantsUsage).split(payload) {
                    deliver($0, &writer)
                }
            }
        }
        eventsSent = nextEvent
        if let answerRefusal { return refuse(answerRefusal) }
        return completeStream()
    }

    /// Nil: something still waits for its time.
    private func completeStream() -> Outcome? {
        if !response.hasBegun { beginStream() }
        if !hasFinished {
            hasFinished = true
            response.events { writer in
                if let answerGuard = gate.answerGuard {
                    guarded { () throws(Refusal) in try answerGuard.finish { pass($0, &writer) } }
                }
                pace?.finish { write($0, &writer) }
            }
            if let answerRefusal { return refuse(answerRefusal) }
        }
        guard pace?.isDrained != false else { return nil }
        response.events { $0.event("[DONE]") }
        response.endStream()
        gate.countFindings()
        return .completed
    }

    // MARK: Whole answers

    /// One answer of the events of a stream.
    private func sendAssembled() {
        var assembler = AnswerAssembler(parser: exchange.service.parser)
        _ = reader.drain { payload, _ in assembler.append(payload) }
        assembler.finish().withBytes { sendWhole($0) }
    }

    private func sendWhole(_ payload: RawSpan) {
        guard let answerGuard = gate.answerGuard else { return send(payload) }
        guarded { () throws(Refusal) in try answerGuard.whole(payload) { send($0) } }
    }

    private func send(_ answer: RawSpan) {
        response.send(.ok, body: answer) { output in
            output.append("content-type: application/json\r\n")
            writeFields(to: &output)
        }
    }

    private func writeFields(to output: inout ByteBuffer) {
        exchange.writeCommonFields(to: &output)
        if let id = source.streamID { output.appendField("x-stream-id", id.description) }
        // What a provider said to another request at another time is not for this one.
        guard source.isFresh, let head = reader.head else { return }
        gate.relay(head, to: &output)
    }

    // MARK: Errors

    /// A guard does not let the answer through: what has not gone out yet never does.
    private func refuse(_ refusal: Refusal) -> Outcome {
        let error = APIError(refusal, policy: gate.countFindings() ?? "guard")
        return tell(error, outcome: .clientError)
    }

    /// Tells why the answer is not whole; by a status if nothing has gone out.
    func fail(_ error: UpstreamError) -> Outcome {
        let told = APIError(error)
        if response.hasBegun {
            endWithError(told, provider: error.answer?.body)
        } else if let answer = error.answer, ProviderError.isRelayable(answer, exchange.service.parser) {
            relay(answer)
        } else {
            return .failed(.upstreamError, code: exchange.tell(told), .upstream)
        }
        return .failed(.upstreamError, code: error.cause.rawValue, .upstream)
    }

    /// Tells an error of the gateway's own.
    func interrupt(_ error: APIError) -> Outcome { tell(error, outcome: .gatewayError) }

    private func tell(_ error: APIError, outcome: RequestOutcome) -> Outcome {
        if response.hasBegun { endWithError(error, provider: nil) } else { exchange.tell(error) }
        return .failed(outcome, code: error.label, error.source)
    }

    /// The provider's own words, with its status and what it says about retries.
    private func relay(_ answer: UpstreamError.Answer) {
        let status = answer.head.status < 300 ? 502 : answer.head.status
        exchange.send(HTTPStatus(status), ByteBuffer(answer.body)) { output in
            output.append("content-type: application/json\r\n")
            gate.relay(answer.head, to: &output)
        }
    }

    /// Ends a stream that has begun: one error event, and no `[DONE]`.
    private func endWithError(_ error: APIError, provider: [UInt8]?) {
        if let pace { response.events { writer in pace.abandon { write($0, &writer) } } }
        var event = ByteBuffer()
        if let provider { event.append(provider) } else { error.write(to: &event) }
        event.withBytes { bytes in response.events { $0.event(bytes) } }
        response.endStream()
    }
}
