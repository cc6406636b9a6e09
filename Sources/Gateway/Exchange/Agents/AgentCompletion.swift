import Policies
import Upstreams

/// One answer of an agent's model: a completion that went through all policies, read from its log.
///
/// Owns its gate and its place in the log. Accounts for both when it is closed, once.
final class AgentCompletion: AgentAnswer {
    private let exchange: Exchange
    private let gate: Gate
    private let source: LogSource
    private let route: ModelTable.Route
    private let series: MetricSeries<RequestKey>
    private let startedAt: MonotonicTime
    private var pace: RelayPace?
    private var firstContentAt: MonotonicTime?
    private(set) var eventsRead = 0
    private var hasFinished = false
    private(set) var isClosed = false

    init(
        _ exchange: Exchange, _ gate: Gate, _ source: LogSource, _ route: ModelTable.Route, waking wakeup: Wakeup
    ) {
        self.exchange = exchange
        self.gate = gate
        self.source = source
        self.route = route
        series = exchange.series(of: route)
        startedAt = exchange.service.loop.now
        pace = gate.pacer.map { RelayPace($0, exchange.service.loop, waking: wakeup) }
        series.values.inFlight += 1
    }

    var record: DispatchRecord? { source.dispatch?.record }

    /// Nanoseconds that upstreams have taken, until it is closed: from then on the access log has them.
    var openNanoseconds: Int? { isClosed ? nil : record?.upstreamNanoseconds(now: exchange.service.loop.now) }

    // MARK: Reading

    var end: Result<Void, APIError>? {
        if source.reader.isOverrun { return .failure(.overrun) }
        return switch source.reader.end {
        case .completed: hasFinished && pace?.isDrained != false ? .success(()) : nil
        case .failed(let error): .failure(APIError(error, exchange.service.parser))
        case .cancelled(let cause): .failure(APIError(cause))
        case nil: nil
        }
    }

    func drain(_ body: (RawSpan) -> Void) throws(APIError) {
        if let pace, pace.isWaiting { pace.flush(body) }
        guard pace?.isFull != true, source.isStream || source.reader.end != nil else { return }
        if firstContentAt == nil, source.reader.hasContent { firstContentAt = exchange.service.loop.now }
        do throws(Refusal) {
            try read(body)
            try finish(body)
        } catch {
            throw APIError(error, policy: gate.countFindings() ?? "guard")
        }
        source.dispatch?.resume()
    }

    private func read(_ body: (RawSpan) -> Void) throws(Refusal) {
        var refusal: Refusal?
        let splitter = source.isStream ? nil : AnswerSplitter(parser: exchange.service.parser, wantsUsage: false)
        eventsRead += source.reader.drain { payload, _ in
            if let splitter {
                splitter.split(payload) { pass($0, &refusal, body) }
            } else {
                pass(payload, &refusal, body)
            }
        }
        if let refusal { throw refusal }
    }

    private func pass(_ payload: RawSpan, _ refusal: inout Refusal?, _ body: (RawSpan) -> Void) {
        guard refusal == nil else { return }
        guard let answerGuard = gate.answerGuard else { return hand(payload, body) }
        do {
            try answerGuard.event(payload) { hand($0, body) }
        } catch {
            refusal = error
        }
    }

    private func hand(_ payload: RawSpan, _ body: (RawSpan) -> Void) {
        if let pace { pace.event(payload, body) } else { body(payload) }
    }

    /// What guard and pace hold back goes out after the last event.
    private func finish(_ body: (RawSpan) -> Void) throws(Refusal) {
        guard !hasFinished, let end = source.reader.end else { return }
        hasFinished = true
        guard end.isCompleted else {
            pace?.abandon(body)
            return
        }
        try gate.answerGuard?.finish { hand($0, body) }
        pace?.finish(body)
    }

    // MARK: The end

    func close(isWanted: Bool) {
        guard !isClosed else { return }
        isClosed = true
        if isWanted { gate.countFindings() }
        exchange.entry.cache = gate.cache?.name ?? ""
        let end = end
        // What nobody will read ends now, so that it is told with the rest.
        source.cancel(.abandoned)
        let key = UsageKey(exchange.identity, model: route.name)
        let use = source.takeUse(for: key)
        accountForUsage(use)
        count(end, isWanted: isWanted, use, key)
        gate.settle(source, eventsRead: eventsRead)
        source.close(exchange.service, grace: 0)
        if let origin = source.takeOrigin(use) { exchange.entry.add(origin, now: exchange.service.loop.now) }
    }

    private func accountForUsage(_ use: AnswerUse) {
        if let cost = use.cost { exchange.entry.cost = (exchange.entry.cost ?? 0).addingWithinBounds(cost) }
        if let first = firstContentAt {
            series.values.firstToken(after: Int(first.nanoseconds - startedAt.nanoseconds))
            let wait = Int(first.nanoseconds - exchange.startedAt.nanoseconds)
            exchange.entry.firstEventNanoseconds = exchange.entry.firstEventNanoseconds ?? wait
        }
        guard let usage = source.reader.usage else { return }
        exchange.entry.tokensIn = (exchange.entry.tokensIn ?? 0) + usage.promptTokens
        exchange.entry.tokensOut = (exchange.entry.tokensOut ?? 0) + usage.completionTokens
        exchange.entry.tokensCached = (exchange.entry.tokensCached ?? 0) + usage.cachedTokens
        if !source.isFresh { series.values.saved(input: usage.promptTokens, output: usage.completionTokens) }
        if let first = firstContentAt {
            let duration = Int(exchange.service.loop.now.nanoseconds - first.nanoseconds)
            series.values.output(tokens: usage.completionTokens, in: duration)
        }
    }

    private func count(_ end: Result<Void, APIError>?, isWanted: Bool, _ use: AnswerUse, _ key: UsageKey) {
        series.values.inFlight -= 1
        series.values.eventsSent += eventsRead
        if let cache = gate.cache { series.values.cached(cache.name) }
        var status = 200
        var failure: (ErrorSource, String)?
        if case .failure(let error)? = end {
            status = error.status.code
            failure = (error.source, error.label)
        } else if !isWanted {
            status = 499
            failure = (.client, "client_left")
            series.values.clientLeft(.responding)
        }
        exchange.service.metrics.usage.add(
            UsageCounts(failed: failure != nil, use.usage, cost: use.cost), to: key)
        let upstream = record?.upstream ?? ""
        series.values.ended(
            upstream: upstream.isEmpty ? nil : upstream, status: status,
            nanoseconds: Int(exchange.service.loop.now.nanoseconds - startedAt.nanoseconds), error: failure)
    }
}
