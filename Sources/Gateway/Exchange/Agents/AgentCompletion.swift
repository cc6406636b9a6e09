import Policies
import Upstreams

/// One answer of an agent's model: a completion that went through all policies, read from its log.
///
/// Owns its gate and its place in the log. Accounts for both when it is closed, once.
final class AgentCompletion: AgentAnswer {
    private let exchange: Exchange
    private let gate: Gate
    private let source: LogSource
    private let series: MetricSeries<RequestKey>
    private let startedAt: MonotonicTime
    private var eventsRead = 0
    private var hasFinished = false
    private var isClosed = false

    init(_ exchange: Exchange, _ gate: Gate, _ source: LogSource, _ route: ModelTable.Route) {
        self.exchange = exchange
        self.gate = gate
        self.source = source
        series = exchange.series(of: route)
        startedAt = exchange.service.loop.now
        series.values.inFlight += 1
    }

    var end: Result<Void, APIError>? {
        if source.reader.isOverrun { return .failure(.overrun) }
        return switch source.reader.end {
        case .completed: .success(())
        case .failed(let error): .failure(APIError(error))
        case .cancelled(let cause): .failure(APIError(cause))
        case nil: nil
        }
    }

    func drain(_ body: (RawSpan) -> Void) throws(APIError) {
        guard source.isStream || source.reader.end != nil else { return }
        var refusal: Refusal?
        let isStream = source.isStream
        let splitter = AnswerSplitter(parser: exchange.service.parser, wantsUsage: false)
        eventsRead += source.reader.drain { payload, _ in
            if isStream {
                pass(payload, &refusal, body)
            } else {
                splitter.split(payload) { pass($0, &refusal, body) }
            }
        }
        source.dispatch?.resume()
        if refusal == nil, !hasFinished, case .completed = source.reader.end {
            hasFinished = true
            do {
                try gate.answerGuard?.finish(body)
            } catch {
                refusal = error
            }
        }
        if let refusal { throw APIError(refusal, policy: gate.countFindings() ?? "guard") }
    }

    private func pass(_ payload: RawSpan, _ refusal: inout Refusal?, _ body: (RawSpan) -> Void) {
        guard refusal == nil else { return }
        guard let answerGuard = gate.answerGuard else { return body(payload) }
        do {
            try answerGuard.event(payload, body)
        } catch {
            refusal = error
        }
    }

    func close(isWanted: Bool) {
        guard !isClosed else { return }
        isClosed = true
        if isWanted { gate.countFindings() }
        gate.settle(source, eventsRead: eventsRead)
        account(isWanted: isWanted)
        source.close(exchange.service, grace: 0)
    }

    private func account(isWanted: Bool) {
        let record = source.dispatch?.record
        if let record {
            exchange.entry.upstream = record.upstream
            exchange.entry.upstreamModel = record.model
            exchange.entry.attempts += record.attempts
            exchange.entry.calls += record.calls
        }
        if let usage = source.reader.usage {
            exchange.entry.tokensIn = (exchange.entry.tokensIn ?? 0) + usage.promptTokens
            exchange.entry.tokensOut = (exchange.entry.tokensOut ?? 0) + usage.completionTokens
        }
        let duration = Int(exchange.service.loop.now.nanoseconds - startedAt.nanoseconds)
        series.values.inFlight -= 1
        series.values.eventsSent += eventsRead
        if let cache = gate.cache { series.values.cached(cache.name) }
        if case .failure(let error)? = end {
            series.values.ended(
                upstream: record?.upstream, status: error.status.code, nanoseconds: duration,
                error: (error.source, error.label))
        } else {
            if !isWanted { series.values.clientLeft(.responding) }
            series.values.ended(
                upstream: record?.upstream, status: isWanted ? 200 : 499, nanoseconds: duration,
                error: isWanted ? nil : (.client, "client_left"))
        }
    }
}
