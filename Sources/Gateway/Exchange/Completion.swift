import Policies
import Upstreams

/// The life of one completion request: policies let it in, a log is found or written, and the log is read out.
///
/// One task of the loop runs `run`; whatever happens outside wakes it, and it looks at everything again. A writer that
/// works for this request alone is cancelled as soon as the client has gone, in every phase; one that others may share
/// is left to its log.
final class Completion: ExchangeWork {
    private let exchange: Exchange
    private let wakeup = Wakeup()
    private let gate: Gate
    /// The figures of its dialect and model, once it was let in.
    private var series: MetricSeries<RequestKey>?
    /// The model that is asked for, once it is known.
    private var route: ModelTable.Route?
    /// Attempts at upstreams that came to nothing before the present source.
    private var earlierAttempts = 0
    private var earlierCalls = AttemptList()
    private var source: LogSource?
    private var relay: Relay?
    private var tries: Tries?
    private var interruption: Interruption?

    private enum Interruption {
        case clientLeft
        case shutDown
        case cancelled
    }

    /// How often a request that shared another's answer asks again when that answer failed before it began.
    static let elections = 3

    init(_ exchange: Exchange) {
        self.exchange = exchange
        gate = Gate(exchange)
    }

    private var loop: EventLoop { exchange.service.loop }
    private var response: ResponseWriter { exchange.response }
    private var record: DispatchRecord? { source?.dispatch?.record }

    // MARK: From outside

    func clientIsReady() { wakeup.wake() }

    func clientLeft() {
        interruption = .clientLeft
        wakeup.wake()
    }

    func shutDown() {
        interruption = interruption ?? .shutDown
        wakeup.wake()
    }

    func cancel() {
        interruption = interruption ?? .cancelled
        wakeup.wake()
    }

    var progress: WorkProgress {
        var progress = WorkProgress(phase, record, events: relay?.eventsSent ?? 0, cache: gate.cache)
        progress.attempts += earlierAttempts
        return progress
    }

    /// The client has heard nothing for long: tells it that the stream lives.
    func keepAlive() {
        guard let relay, interruption == nil else { return }
        relay.keepAlive()
    }

    // MARK: The life

    func run(_ asked: DialectRequest) async {
        do throws(APIError) {
            var route = try exchange.runtime.requested(asked.completion, by: exchange.identity)
            self.route = route.route
            route.deadline = ModelWishes.patience(exchange.connection.head).map {
                exchange.startedAt.advanced(milliseconds: $0)
            }
            tries = asked.tries.map { Tries($0, since: exchange.startedAt, loop, waking: wakeup) }
            let admitted = try await gate.admit(asked, route, waking: wakeup) { interruption != nil }
            if interruption != nil { return leave() }
            begin(route)
            try await serve(admitted, route, asked.encoder)
        } catch {
            if let relay, response.hasBegun { finish(relay, relay.interrupt(error)) } else { exchange.answer(error) }
        }
    }

    /// Reads on in a stream that was begun before.
    func resume(_ request: ResumeRequest) async {
        do throws(APIError) {
            guard let ticket = try await ticket(request.stream) else { return leave() }
            exchange.entry.model = ticket.facts.model
            gate.resume(ticket.facts)
            let source = try LogSource.resume(ticket, from: request.firstEvent, gate, exchange, waking: wakeup)
            self.source = source
            let relay = Relay(exchange, gate, ticket.form, ChatEncoder.standard, source, waking: wakeup)
            self.relay = relay
            guard let outcome = await read(relay) else { return leave() }
            finish(relay, outcome)
        } catch {
            exchange.answer(error)
        }
    }

    /// The ticket of a stream of this caller's, wherever that was begun; nil: the request was interrupted.
    private func ticket(_ stream: LogID) async throws(APIError) -> ResumeTicket? {
        let service = exchange.service
        if let ticket = service.resumption.table[stream] {
            guard ticket.isOwned(by: exchange.identity) else { throw .streamGone }
            return ticket
        }
        guard let query = service.desk.replicas?.find(stream, waking: wakeup) else { throw .streamGone }
        while query.isPending, interruption == nil { await wakeup.wait() }
        if interruption != nil { return nil }
        let configuration = exchange.runtime.configuration
        guard let record = query.record, record.facts.identity.owns(streamsOf: exchange.identity),
            let ticket = service.resumption.adopt(
                record, stream, grace: configuration.resume.graceMs, maxBytes: configuration.bounds.maxLogBytes)
        else { throw .streamGone }
        return ticket
    }

    private func begin(_ route: RequestedRoute) {
        let series = exchange.series(of: route.route)
        self.series = series
        series.values.inFlight += 1
    }

    private func serve(
        _ request: CompletionRequest, _ route: RequestedRoute, _ encoder: any AnswerEncoder
    ) async throws(APIError) {
        var elections = 0
        while true {
            tries?.begin()
            let claim =
                gate.cachePlan == nil
                ? nil : await gate.claim(isStream: request.isStream, waking: wakeup) { interruption != nil }
            if interruption != nil { return leave() }
            let source = try LogSource.open(request, route, gate, exchange, claim: claim, waking: wakeup)
            self.source = source
            let relay = Relay(exchange, gate, AnswerForm(request), encoder, source, waking: wakeup)
            self.relay = relay
            guard let outcome = await read(relay) else { return leave() }
            guard case .undecided(let end) = outcome else { return finish(relay, outcome) }
            if !source.isFresh, elections < Self.elections, end.isTransient {
                elections += 1
            } else if tries?.rest(after: end, random: exchange.service.random()) != true {
                return finish(relay, outcome)
            }
            abandon(source)
            while tries?.isResting == true, interruption == nil { await wakeup.wait() }
            if interruption != nil { return leave() }
        }
    }

    /// Another answer is looked for in the place of this one, of which the client has heard nothing.
    private func abandon(_ source: LogSource) {
        source.close(exchange.service, grace: 0)
        if let dispatch = source.dispatch {
            earlierAttempts += dispatch.record.attempts
            earlierCalls.add(dispatch.origin.calls)
        }
        self.source = nil
        gate.renew()
    }

    /// Nil: the client has gone, or the process ends.
    private func read(_ relay: Relay) async -> Relay.Outcome? {
        while interruption == nil {
            if let outcome = relay.step() { return outcome }
            if let timeout = tries?.timeout { return relay.expire(timeout) }
            await wakeup.wait()
        }
        return nil
    }

    // MARK: Endings

    private func finish(_ relay: Relay, _ outcome: Relay.Outcome) {
        switch outcome {
        case .completed: exchange.finish(.completed)
        case .failed(let outcome, let code, let source): exchange.finish(outcome, errorCode: code, source: source)
        case .undecided(.failed(let error)): finish(relay, relay.fail(error))
        case .undecided(.cancelled(let cause)): finish(relay, relay.interrupt(APIError(cause)))
        case .undecided(.completed): preconditionFailure("an answer that is whole was not handed on")
        }
    }

    /// The request is interrupted.
    private func leave() {
        switch interruption {
        case .shutDown:
            source?.cancel(.shuttingDown)
            leave(.shuttingDown)
        case .cancelled:
            source?.cancel(.abandoned)
            leave(.cancelledByOperator)
        case .clientLeft, nil:
            source?.cancel(.abandoned)
            series?.values.clientLeft(phase)
            exchange.finish(.clientDisconnected, errorCode: "client_left", source: .client)
        }
    }

    private func leave(_ error: APIError) {
        if let relay { finish(relay, relay.interrupt(error)) } else { exchange.answer(error) }
    }

    private var phase: RequestPhase {
        guard relay != nil else { return .queued }
        return response.hasBegun ? .responding : .waiting
    }

    // MARK: Accounting

    var upstreamNanoseconds: Int64? { record?.upstreamNanoseconds(now: loop.now).map { Int64($0) } }

    func writePolicyFields(to output: inout ByteBuffer) { gate.writeFields(record, to: &output) }

    func account(
        into entry: inout AccessLogEntry, _ outcome: RequestOutcome, errorCode: String, source: ErrorSource,
        duration: Int
    ) {
        let failed = outcome == .completed ? nil : (source, errorCode)
        let status = outcome == .clientDisconnected ? 499 : entry.status
        entry.cache = gate.cache?.name ?? ""
        entry.attempts = earlierAttempts
        entry.calls = earlierCalls
        let use = takeUse()
        entry.cost = use.cost
        if let read = self.source { account(read, use, into: &entry) } else { gate.release() }
        count(failed: failed != nil, use)
        guard let series else {
            return exchange.series(of: nil).values.ended(
                upstream: nil, status: entry.status, nanoseconds: duration, error: failed)
        }
        series.values.inFlight -= 1
        if let cache = gate.cache { series.values.cached(cache.name) }
        series.values.ended(
            upstream: entry.upstream.isEmpty ? nil : entry.upstream, status: status, nanoseconds: duration,
            error: failed)
    }

    /// What the caller has used; the rest of a stream that was begun before is no request of its own.
    private func takeUse() -> AnswerUse {
        guard let route, let source else { return AnswerUse() }
        // What nobody will read ends now, so that it is told with the rest.
        source.cancel(.abandoned)
        return source.takeUse(for: UsageKey(exchange.identity, model: route.name))
    }

    private func count(failed: Bool, _ use: AnswerUse) {
        guard let route else { return }
        exchange.service.metrics.usage.add(
            UsageCounts(failed: failed, use.usage, cost: use.cost), to: UsageKey(exchange.identity, model: route.name))
    }

    private func account(_ source: LogSource, _ use: AnswerUse, into entry: inout AccessLogEntry) {
        let now = loop.now
        if let usage = source.reader.usage {
            entry.tokensIn = usage.promptTokens
            entry.tokensOut = usage.completionTokens
            entry.tokensCached = usage.cachedTokens
            if !source.isFresh { series?.values.saved(input: usage.promptTokens, output: usage.completionTokens) }
        }
        if let relay {
            series?.values.eventsSent += relay.eventsSent
            if let first = relay.firstContentAt {
                let wait = Int(first.nanoseconds - exchange.startedAt.nanoseconds)
                entry.firstEventNanoseconds = wait
                series?.values.firstToken(after: wait)
                if let usage = source.reader.usage {
                    series?.values.output(
                        tokens: usage.completionTokens, in: Int(now.nanoseconds - first.nanoseconds))
                }
            }
        }
        gate.settle(source, eventsRead: relay?.eventsSent ?? 0)
        if interruption == .cancelled {
            source.abandon(exchange.service)
        } else {
            source.close(exchange.service, grace: exchange.runtime.configuration.resume.graceMs)
        }
        if let origin = source.takeOrigin(use) { entry.add(origin, now: now) }
    }
}
