import Upstreams

/// Where the answer to one request is read from: a log of its own, or one that it shares.
struct LogSource {
    let reader: any LogReader
    /// The writer, if it works for this request alone or was started by it.
    var dispatch: Dispatch?
    /// Whether the writer stops when this request does.
    var ownsDispatch = false
    /// What the log holds: events of a stream, or one whole answer.
    let isStream: Bool
    /// This request had the answer made.
    let isFresh: Bool
    /// The client's right to come back for the rest; nil: it has none.
    var ticket: ResumeTicket?
    /// The offset of the first event that the client gets.
    var firstEvent = 0

    /// Names the stream to a client that may come back.
    var streamID: LogID? { ticket?.id }

    /// Nano-dollars of what has come of it; nil: nothing has, it was made for somebody else, or nobody knows.
    var cost: Int? { reader.hasResult ? dispatch?.record.cost : nil }

    // MARK: Opening

    /// Finds the answer to a request or starts the making of it.
    ///
    /// - Parameter claim: what other replicas know of the question; nil: there are none.
    static func open(
        _ request: CompletionRequest, _ route: RequestedRoute, _ gate: Gate, _ exchange: Exchange, claim: LogClaim?,
        waking wakeup: Wakeup
    ) throws(APIError) -> LogSource {
        let desk = exchange.service.desk
        let maxBytes = exchange.runtime.configuration.bounds.maxLogBytes
        if let plan = gate.cachePlan {
            let opening =
                openShared(request, route, plan, claim, exchange)
                ?? desk.store.open(plan.question, desk: desk.address, now: desk.loop.now) {
                    desk.makeLog(
                        isStream: request.isStream, whenAbandoned: plan.whenAbandoned, terms: plan.question.terms,
                        maxBytes: maxBytes)
                }
            gate.note(opening, plan)
            switch opening {
            case .finished(let log, _), .live(let log):
                return LogSource(
                    reader: desk.attach(log, waking: wakeup), isStream: log.isStream, isFresh: false,
                    ticket: gate.ticket(log, request))
            case .new(let log):
                return start(log, request, route, gate, exchange, wakeup)
            case .none where plan.isOnlyCached:
                throw .notCached
            case .none:
                break
            }
        }
        guard gate.isResumable, desk.store.hasRoom else { return alone(request, route, exchange, wakeup) }
        let log = desk.makeLog(isStream: true, whenAbandoned: .cancel, terms: nil, maxBytes: maxBytes)
        guard log.join(at: 0, desk.address) else { preconditionFailure("a new log that nobody may join") }
        desk.replicas?.mirror(log, keep: exchange.runtime.configuration.resume.graceMs)
        return start(log, request, route, gate, exchange, wakeup)
    }

    /// The log that a claim names; nil: this process decides by itself.
    private static func openShared(
        _ request: CompletionRequest, _ route: RequestedRoute, _ plan: CachePlan, _ claim: LogClaim?,
        _ exchange: Exchange
    ) -> LogStore.Opening? {
        let (desk, configuration) = (exchange.service.desk, exchange.runtime.configuration)
        let terms = plan.question.terms
        return claim.flatMap { claim in
            desk.replicas?.open(
                claim, terms, keep: configuration.resume.graceMs,
                successor: StreamSuccessor(request, route, exchange).map { successor in { successor.takeOver($0) } }
            ) { id, formElsewhere in
                desk.makeLog(
                    id: id, isStream: formElsewhere ?? request.isStream,
                    whenAbandoned: formElsewhere == nil ? plan.whenAbandoned : .cancel, terms: terms,
                    maxBytes: configuration.bounds.maxLogBytes)
            }
        }
    }

    /// A log without retention, for one reader.
    private static func alone(
        _ request: CompletionRequest, _ route: RequestedRoute, _ exchange: Exchange, _ wakeup: Wakeup
    ) -> LogSource {
        let log = CompletionLog(waking: wakeup, highBytes: exchange.runtime.configuration.bounds.outputLowBytes)
        let dispatch = makeDispatch(request, route, exchange, into: log)
        dispatch.start()
        return LogSource(
            reader: log, dispatch: dispatch, ownsDispatch: true, isStream: request.isStream, isFresh: true)
    }

    /// A kept log that this request has joined, with its writer.
    private static func start(
        _ log: SharedLog, _ request: CompletionRequest, _ route: RequestedRoute, _ gate: Gate,
        _ exchange: Exchange, _ wakeup: Wakeup
    ) -> LogSource {
        let desk = exchange.service.desk
        let writer = CompletionLog(publishing: log, at: desk)
        let dispatch = makeDispatch(request, route, exchange, into: writer)
        desk.host(log) { dispatch.cancel($0) }
        let cursor = desk.attach(log, waking: wakeup)
        dispatch.start()
        return LogSource(
            reader: cursor, dispatch: dispatch, isStream: log.isStream, isFresh: true,
            ticket: gate.ticket(log, request))
    }

    private static func makeDispatch(
        _ request: CompletionRequest, _ route: RequestedRoute, _ exchange: Exchange, into log: CompletionLog
    ) -> Dispatch {
        Dispatch(
            request, route, service: exchange.service, runtime: exchange.runtime, into: log,
            counting: exchange.series(of: route.route))
    }

    /// The rest of a stream, from its event `offset` on. An answer that is guarded is read from its start, since what
    /// the guard lets out depends on all that it has seen.
    static func resume(
        _ ticket: ResumeTicket, from offset: Int, _ gate: Gate, _ exchange: Exchange, waking wakeup: Wakeup
    ) throws(APIError) -> LogSource {
        let start = gate.answerGuard == nil ? offset : 0
        ticket.enter()
        guard let cursor = exchange.service.desk.open(ticket.log, at: start, waking: wakeup) else {
            exchange.service.resumption.suspend(ticket, grace: exchange.runtime.configuration.resume.graceMs)
            throw .streamGone
        }
        return LogSource(
            reader: cursor, isStream: true, isFresh: false, ticket: ticket, firstEvent: offset)
    }

    /// Whether the client says that it has events which a stream that is over never had: to tell it the end would be to
    /// tell it that it has all.
    ///
    /// - Parameter count: how many events a guard has let out of it; nil: all that there are.
    func isAhead(of count: Int?) -> Bool {
        guard firstEvent > 0, let cursor = reader as? LogCursor else { return false }
        return firstEvent > (count ?? cursor.log.endOffset)
    }

    // MARK: The end

    /// What the caller has used by its reading, which is over: what it has had made, or what was made for one who has
    /// left before the end. An answer that was made for somebody else costs nothing.
    func takeUse(for caller: @autoclosure () -> UsageKey) -> AnswerUse {
        let own = AnswerUse(usage: reader.usage, cost: cost)
        guard let log = (reader as? LogCursor)?.log else { return own }
        if isFresh { return reader.end != nil ? own : log.leaveUse(of: caller()) ?? AnswerUse() }
        return reader.end != nil ? log.takeUse() ?? AnswerUse() : AnswerUse()
    }

    /// Whom the answer was asked of, as far as this request, which is closed, tells it. `use`: what its caller has used.
    func takeOrigin(_ use: AnswerUse) -> AnswerOrigin? {
        dispatch?.origin ?? use.origin ?? (reader as? LogCursor)?.log.takeForsakenOrigin()
    }

    /// Stops the writer, if it works for this request alone.
    func cancel(_ cause: CompletionEnd.Cause) {
        if ownsDispatch { dispatch?.cancel(cause) }
    }

    /// The request is over before its answer is, and for good: its client may not come back, and the writer that it has
    /// started stops unless others read along, even if it was to finish.
    func abandon(_ service: Service) {
        close(service, grace: 0)
        if let cursor = reader as? LogCursor, !cursor.log.isRead { dispatch?.cancel(.abandoned) }
    }

    /// The request is over, whether its answer is or not.
    func close(_ service: Service, grace: Int) {
        cancel(.abandoned)
        if let ticket { service.resumption.suspend(ticket, grace: grace) }
        (reader as? LogCursor)?.close()
    }
}
