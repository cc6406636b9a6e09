import Policies
import Upstreams

/// The life of one request that is relayed as it is: policies let it in, one target after another is asked until one
/// answers, and the answer goes to the client byte for byte as it comes.
///
/// One task of the loop runs `run`; whatever happens outside wakes it. Bytes do not: they pass in the callbacks that bring
/// them. Nothing is asked twice once a provider has taken something of a body that comes by and by, or the client something
/// of the answer.
final class RelayedCall: ExchangeWork {
    private let exchange: Exchange
    private let route: Route
    private let operation: ModelOperation
    private let upload: Upload
    private let gate: Gate
    private let wakeup = Wakeup()
    private var series: MetricSeries<RequestKey>?
    /// The name of the model's route, or of the operation where there is none; nil: not let in.
    private var model: String?
    private var attempt: RelayAttempt?
    /// How the present attempt has ended.
    private var ending: Ending?
    private var interruption: Interruption?
    /// How the answer was made.
    let record = DispatchRecord()

    private enum Ending {
        case whole
        case failed(UpstreamError, FailureKind)
    }

    private enum Interruption {
        case clientLeft
        case shutDown
        case cancelled
        /// The rest of the body cannot be taken.
        case refused(APIError)
    }

    /// A call that may be made.
    private struct Seat {
        let candidate: Candidate
        let pass: Destination.Pass
    }

    init(_ exchange: Exchange, _ route: Route, _ operation: ModelOperation, _ upload: Upload) {
        self.exchange = exchange
        self.route = route
        self.operation = operation
        self.upload = upload
        gate = Gate(exchange)
        let connection = exchange.connection
        upload.didTake = { [unowned connection] in connection.resumeBody() }
    }

    var service: Service { exchange.service }
    private var loop: EventLoop { exchange.service.loop }
    private var response: ResponseWriter { exchange.response }
    private var now: Int { loop.now.wholeMilliseconds }

    // MARK: From the client

    var takesBody: Bool { upload.wantsMore }

    func receive(_ bytes: RawSpan) {
        upload.receive(bytes)
        bodyDidChange()
    }

    func endBody() {
        upload.end()
        bodyDidChange()
    }

    private func bodyDidChange() {
        if let failure = upload.failure { refuse(failure) } else if attempt == nil { wakeup.wake() }
    }

    /// The body cannot be taken.
    func refuse(_ error: APIError) { interrupt(.refused(error)) }

    func clientLeft() { interrupt(.clientLeft) }

    func shutDown() { interrupt(.shutDown) }

    func cancel() { interrupt(.cancelled) }

    var progress: WorkProgress { WorkProgress(phase, record, events: 0, cache: nil) }

    private func interrupt(_ interruption: Interruption) {
        self.interruption = self.interruption ?? interruption
        wakeup.wake()
    }

    func clientIsReady() { attempt?.resume() }

    func keepAlive() {}

    // MARK: The life

    func run() async {
        if let failure = upload.failure { refuse(failure) }
        while !upload.isReady, interruption == nil { await wakeup.wait() }
        if interruption != nil { return leave() }
        do throws(APIError) {
            var question = try RelayQuestion(exchange, route, operation, upload)
            exchange.entry.model = question.request.model
            exchange.entry.stream = operation == .responses && question.isStream
            var asked = DialectRequest(completion: question.request, encoder: ChatEncoder.standard)
            asked.written = question.written
            question.request = try await gate.admit(asked, question.route, waking: wakeup) { interruption != nil }
            if interruption != nil { return leave() }
            let series = exchange.series(of: question.route?.route)
            self.series = series
            model = question.route?.route.name ?? operation.rawValue
            series.values.inFlight += 1
            await serve(question)
        } catch {
            exchange.answer(error)
        }
    }

    private func serve(_ question: RelayQuestion) async {
        var plan = RelayPlan(question, service, exchange.runtime)
        var again: Candidate?
        var last: (error: UpstreamError, kind: FailureKind)?
        var calls = 0
        while true {
            if again == nil { calls = 0 }
            let found = await findSeat(&plan, again, last)
            if interruption != nil { return leave() }
            guard case .success(let seat) = found else {
                if case .failure(let error) = found { fail(error) }
                return
            }
            count(seat, calls)
            calls += 1
            await call(seat, question)
            if interruption != nil { return leave() }
            guard case .failed(let error, let kind)? = ending else { return finish() }
            guard !response.hasBegun, upload.maySendAgain else { return fail(error) }
            last = (error, kind)
            again = nil
            let destination = seat.candidate.destination
            if kind.isTheKeys, calls < destination.keyCount, destination.hasKey(at: now) {
                again = seat.candidate
                continue
            }
            switch step(after: error, kind, seat, calls, plan) {
            case .again(let wait):
                await rest(wait)
                if interruption != nil { return leave() }
                again = seat.candidate
            case .next where plan.hasNext(after: kind): break
            case .next: return fail(error)
            }
        }
    }

    private func step(
        after error: UpstreamError, _ kind: FailureKind, _ seat: Seat, _ calls: Int, _ plan: RelayPlan
    ) -> RetryRule.Step {
        let destination = seat.candidate.destination
        let step = destination.calls.retry.step(
            after: kind, calls: calls, retryAfter: error.retryAfter, left: nil, hasNext: plan.hasNext(after: kind),
            random: service.random()
        ) { destination.provider.retries.take(share: destination.calls.retryBudget, now: now) }
        if case .again = step { destination.series(operation).values.retries += 1 }
        return step
    }

    private func count(_ seat: Seat, _ calls: Int) {
        if calls == 0 { seat.candidate.destination.provider.retries.count(now: now) }
        record.begin(seat.candidate, at: loop.now)
    }

    private func rest(_ milliseconds: Int) async {
        var isOver = false
        let timer = loop.timer { [wakeup] in
            isOver = true
            wakeup.wake()
        }
        timer.arm(milliseconds: milliseconds)
        while !isOver, interruption == nil { await wakeup.wait() }
        timer.cancel()
    }

    // MARK: Whom to ask

    /// The next call that may be made: `again` to the same target, else to the next one.
    private func findSeat(
        _ plan: inout RelayPlan, _ again: Candidate?, _ last: (error: UpstreamError, kind: FailureKind)?
    ) async -> Result<Seat, UpstreamError> {
        var standby = Standby()
        var kind = last?.kind
        var candidate = again ?? plan.next(after: kind)
        while let present = candidate {
            kind = nil
            let admission = present.destination.admit(at: now)
            if case .admitted(let pass) = admission { return .success(Seat(candidate: present, pass: pass)) }
            standby.note(present, admission)
            candidate = plan.next(after: nil)
        }
        if let full = standby.full {
            if let slot = await place(full), interruption == nil,
                case .admitted(let pass) = full.destination.admit(at: now, slot: slot)
            {
                return .success(Seat(candidate: full, pass: pass))
            }
            let busy = "The provider has as many calls on their way as the gateway allows it."
            return .failure(last?.error ?? UpstreamError(.overloaded, busy))
        }
        if let (guessed, key) = standby.guessed,
            case .admitted(let pass) = guessed.destination.admit(at: now, key: key)
        {
            return .success(Seat(candidate: guessed, pass: pass))
        }
        let nobody = "No provider can be asked at the moment; try again later."
        return .failure(last?.error ?? UpstreamError(.unavailable, nobody, retryAfter: standby.retryAfter))
    }

    /// Stands in line for a place at the candidate's upstream. Nil: none came in time, or the request was interrupted.
    private func place(_ candidate: Candidate) async -> InFlight.Slot? {
        let (calls, provider) = (candidate.destination.calls, candidate.destination.provider)
        var answer: InFlight.Slot??
        let wait = service.places.wait(
            for: provider.places, atMost: calls.maxInFlight, longest: calls.maxQueued,
            milliseconds: max(1, calls.queueTimeoutMs)
        ) { [wakeup] slot in
            answer = .some(slot)
            wakeup.wake()
        }
        guard let wait else { return nil }
        while answer == nil, interruption == nil { await wakeup.wait() }
        if answer == nil { wait.cancel() }
        return answer ?? nil
    }

    // MARK: Calls

    private func call(_ seat: Seat, _ question: RelayQuestion) async {
        let candidate = seat.candidate
        ending = nil
        let attempt = RelayAttempt(
            self, candidate, seat.pass, for: operation, number: record.attempts, at: loop.now)
        self.attempt = attempt
        attempt.start(
            request(question), body(for: candidate, question), seat.pass, candidate.destination.timeouts)
        while ending == nil, interruption == nil { await wakeup.wait() }
        if ending == nil { attempt.cancel() }
        self.attempt = nil
        record.endedAt = loop.now
    }

    private func request(_ question: RelayQuestion) -> RelayRequest {
        let head = exchange.connection.head
        var request = RelayRequest(
            method: head.method == .get ? .get : head.method == .delete ? .delete : .post,
            path: route.providerPath(head), isOfModel: question.route != nil, requestID: exchange.requestID)
        request.query = head.string(in: head.target.query)
        request.contentType = upload.contentType
        request.fields = question.request.fields
        if let accepted = head.value(of: "accept") { request.fields.append(HTTPField("accept", accepted)) }
        request.callerKey = question.request.callerKey
        return request
    }

    private func body(for candidate: Candidate, _ question: RelayQuestion) -> RelayBody {
        guard question.isJSON else {
            return upload.body(model: question.route == nil ? nil : candidate.model, reactor: loop)
        }
        var text = ByteBuffer()
        var splice = JSONSplice()
        if candidate.model != question.request.model { splice.set("model", to: candidate.model) }
        splice.write(question.request.document.root, to: &text)
        return RelayBody(text)
    }

    // MARK: What the attempt tells

    /// Whether the client takes no more for now.
    var isFull: Bool { response.isFull }

    func didBegin(_ head: AnswerHead) {
        let isCoded = head.value(of: "content-encoding") != nil
        let length = isCoded ? nil : head.value(of: "content-length").flatMap { Int($0) }
        response.beginBody(HTTPStatus(head.status), length: length) { output in
            for name in ["content-type", "content-disposition"] as [StaticString] {
                if let value = head.value(of: name) { output.appendField(name, value) }
            }
            exchange.writeCommonFields(to: &output)
            gate.relay(head, to: &output)
        }
    }

    func didReceive(_ bytes: RawSpan) { response.bytes(bytes) }

    func didEnd(_ error: UpstreamError?, _ kind: FailureKind?) {
        if let error, let kind { ending = .failed(error, kind) } else { ending = .whole }
        wakeup.wake()
    }

    // MARK: Endings

    private func finish() {
        response.endStream()
        exchange.finish(.completed)
    }

    /// Nobody has answered, or the answer broke off: then so does the client's.
    private func fail(_ error: UpstreamError) {
        guard !response.hasBegun else {
            response.abort()
            return exchange.finish(.upstreamError, errorCode: error.cause.rawValue, source: .upstream)
        }
        guard let answer = error.answer, ProviderError.isRelayable(answer, service.parser) else {
            return exchange.answer(APIError(error))
        }
        exchange.send(HTTPStatus(answer.head.status), ByteBuffer(answer.body)) { output in
            output.append("content-type: application/json\r\n")
            gate.relay(answer.head, to: &output)
        }
        exchange.finish(.upstreamError, errorCode: error.cause.rawValue, source: .upstream)
    }

    private func leave() {
        switch interruption {
        case .clientLeft, nil:
            series?.values.clientLeft(phase)
            exchange.finish(.clientDisconnected, errorCode: "client_left", source: .client)
        case .shutDown: end(.shuttingDown)
        case .cancelled: end(.cancelledByOperator)
        case .refused(let error): end(error)
        }
    }

    private func end(_ error: APIError) {
        guard response.hasBegun else { return exchange.answer(error) }
        response.abort()
        exchange.finish(RequestOutcome(error.source), errorCode: error.label, source: error.source)
    }

    private var phase: RequestPhase {
        if response.hasBegun { return .responding }
        return !upload.isComplete ? .reading : record.attempts == 0 ? .queued : .waiting
    }

    // MARK: Accounting

    /// What the caller has used, apart from tokens and money, of which nothing is known.
    private func count(failed: Bool) {
        guard let model else { return }
        service.metrics.usage.add(UsageCounts(failed: failed), to: UsageKey(exchange.identity, model: model))
    }

    var upstreamNanoseconds: Int64? { record.upstreamNanoseconds(now: loop.now).map { Int64($0) } }

    func writePolicyFields(to output: inout ByteBuffer) { gate.writeFields(record, to: &output) }

    func account(
        into entry: inout AccessLogEntry, _ outcome: RequestOutcome, errorCode: String, source: ErrorSource,
        duration: Int
    ) {
        upload.close()
        gate.release()
        entry.upstream = record.upstream
        entry.upstreamModel = record.model
        entry.attempts = record.attempts
        entry.calls = record.calls
        entry.upstreamNanoseconds = record.upstreamNanoseconds(now: loop.now)
        count(failed: outcome != .completed)
        let figures = series ?? exchange.series(of: nil)
        if series != nil { figures.values.inFlight -= 1 }
        figures.values.ended(
            upstream: entry.upstream.isEmpty ? nil : entry.upstream,
            status: outcome == .clientDisconnected ? 499 : entry.status, nanoseconds: duration,
            error: outcome == .completed ? nil : (source, errorCode))
    }
}
