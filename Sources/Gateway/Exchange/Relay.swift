import Policies
import Upstreams

/// Reads a log out to one client: as a stream or as one whole answer, through what guards and paces it, to the encoder
/// of the client's dialect.
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
    private let encoder: any AnswerEncoder
    private let start: StreamStart
    private let source: LogSource
    private var answerRefusal: Refusal?
    private var nextEvent: Int
    private var pace: RelayPace?
    private var hasFinished = false
    /// Events were handed to the encoder.
    private var hasDelivered = false
    /// When the first content was handed to the client.
    private(set) var firstContentAt: MonotonicTime?
    private(set) var eventsSent = 0

    init(
        _ exchange: Exchange, _ gate: Gate, _ form: AnswerForm, _ encoder: any AnswerEncoder, _ source: LogSource,
        waking wakeup: Wakeup
    ) {
        self.exchange = exchange
        self.gate = gate
        self.form = form
        self.encoder = encoder
        start = encoder.start
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
        if !response.hasBegun, start != .atFirstByte { beginStream() }
        if response.hasBegun { response.events { encoder.keepAlive(to: &$0) } }
    }

    private func streamStep() -> Outcome? {
        if start == .atOnce, !response.hasBegun { beginStream() }
        if let pace, pace.isWaiting { output { writer in pace.flush { write($0, &writer) } } }
        guard source.isStream else { return splitStep() }
        while !response.isFull, pace?.isFull != true {
            if reader.isOverrun { return interrupt(.overrun) }
            guard reader.hasUnread else {
                guard let end = reader.end else { return nil }
                return finishStream(end)
            }
            // No event has gone out yet: a failure can still be mended, or told by a proper status. Whoever reads along
            // waits for content, since another may have to write the answer if this one fails before.
            if !hasDelivered, !reader.hasContent {
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
        hasDelivered = true
        if firstContentAt == nil, reader.hasContent { firstContentAt = exchange.service.loop.now }
        let (encoder, hidesUsage) = (encoder, !form.wantsUsage)
        // Asked once for all: nothing looks at the events on their way to the encoder.
        let isDirect = gate.answerGuard == nil && pace == nil && source.ticket == nil
        output { writer in
            eventsSent += reader.drain { payload, kind in
                if kind == .progress || kind == .usageOnly && hidesUsage {
                    nextEvent += 1
                } else if isDirect {
                    encoder.event(payload, to: &writer)
                } else {
                    deliver(payload, &writer)
                }
            }
        }
    }

    /// Writes to the client what `body` writes. The head goes out before it, if it has to wait for nothing else.
    @inline(__always)
    private func output(_ body: (inout EventWriter) -> Void) {
        if !response.hasBegun {
            guard start != .atFirstByte else { return response.firstEvents(body, begin: beginStream) }
            beginStream()
        }
        response.events(body)
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
        guard let id = source.streamID else { return encoder.event(payload, to: &writer) }
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
            output.append(encoder.streamFields)
            writeFields(to: &output)
        }
        if start == .atOnce { response.events { encoder.begin(to: &$0) } }
    }

    private func finishStream(_ end: CompletionEnd) -> Outcome? {
        guard end.isCompleted || hasDelivered && response.hasBegun else { return .undecided(end) }
        switch end {
        case .completed where gate.answerGuard == nil && source.isAhead(of: nil):
            return tell(.noSuchEvent, outcome: .clientError)
        case .completed: return completeStream()
        case .failed(let error): return fail(error)
        case .cancelled(let cause): return interrupt(APIError(cause))
        }
    }

    /// A stream of one whole answer, which was made for a client that wanted it so.
    private func splitStep() -> Outcome? {
        guard let end = reader.end else { return nil }
        guard end.isCompleted else { return .undecided(end) }
        hasDelivered = true
        if firstContentAt == nil { firstContentAt = exchange.service.loop.now }
        output { writer in
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
        if !hasFinished {
            hasFinished = true
            output { writer in
                if let answerGuard = gate.answerGuard {
                    guarded { () throws(Refusal) in try answerGuard.finish { pass($0, &writer) } }
                }
                pace?.finish { write($0, &writer) }
            }
            if let answerRefusal { return refuse(answerRefusal) }
        }
        if gate.answerGuard != nil, source.isAhead(of: nextEvent) { return tell(.noSuchEvent, outcome: .clientError) }
        guard pace?.isDrained != false else { return nil }
        // An answer may well be empty.
        if !response.hasBegun { beginStream() }
        var failure: APIError?
        response.events { writer in
            do throws(APIError) {
                try encoder.end(to: &writer)
            } catch {
                failure = error
            }
        }
        if let failure { return interrupt(failure) }
        response.endStream()
        gate.countFindings()
        return .completed
    }

    // MARK: Whole answers

    /// One answer of the events of a stream.
    private func sendAssembled() {
        var assembler = AnswerAssembler(parser: exchange.service.parser)
        _ = reader.drain { payload, kind in
            if kind != .progress { assembler.append(payload) }
        }
        assembler.finish().withBytes { sendWhole($0) }
    }

    private func sendWhole(_ payload: RawSpan) {
        guard let answerGuard = gate.answerGuard(ofWhole: payload) else { return encoder.whole(payload, send) }
        guarded { () throws(Refusal) in try answerGuard.whole(payload) { encoder.whole($0, send) } }
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
        } else if let refusal = encoder.refusal(for: error) {
            return .failed(.upstreamError, code: exchange.tell(refusal), .upstream)
        } else if let answer = error.answer, ProviderError.isRelayable(answer, exchange.service.parser) {
            relay(answer)
        } else {
            return .failed(
                .upstreamError, code: exchange.tell(APIError(error, exchange.service.parser)), .upstream)
        }
        return .failed(.upstreamError, code: error.cause.rawValue, .upstream)
    }

    /// The time for this answer is over.
    func expire(_ timeout: UpstreamError) -> Outcome {
        response.hasBegun ? fail(timeout) : .undecided(.failed(timeout))
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

    /// Ends a stream that has begun, without the success marker of its form.
    private func endWithError(_ error: APIError, provider: [UInt8]?) {
        if let pace { response.events { writer in pace.abandon { write($0, &writer) } } }
        response.events { encoder.fail(error, provider: provider, to: &$0) }
        if encoder.breaksOff { response.abort() } else { response.endStream() }
    }
}
