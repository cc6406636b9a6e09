import Policies
import Upstreams

/// The making of one task: waits for a place, has the completion written, and writes the task's own log from it.
///
/// Reads the completion as a client would, through the guards of its request, and knows no client. Its place in the
/// table and what its limits have granted are given back at its end. States: made → waiting → running → recording →
/// over; or waiting → recording.
final class TaskRun {
    let entry: TaskEntry
    private let request: CompletionRequest
    private let asked: RequestedRoute
    private let grant: TaskGrant
    private let service: Service
    private let runtime: Runtime
    private let wakeup = Wakeup()
    private let log: CompletionLog
    private var events: TaskEvents
    private var wait: PlaceWait?
    private var slot: InFlight.Slot?
    private var dispatch: Dispatch?
    private var isOver = false
    /// When it had its turn: on the loop's clock, and in nanoseconds since 1970.
    private var began: (at: MonotonicTime, time: Int)?

    init(
        _ entry: TaskEntry, _ log: SharedLog, _ request: CompletionRequest, _ asked: RequestedRoute,
        _ grant: TaskGrant, service: Service, runtime: Runtime
    ) {
        self.entry = entry
        self.request = request
        self.asked = asked
        self.grant = grant
        self.service = service
        self.runtime = runtime
        self.log = CompletionLog(publishing: log, at: service.desk)
        events = TaskEvents(
            grant, parser: service.parser, runtime: runtime,
            maxRecord: service.tasks.hasJournal ? runtime.configuration.bounds.maxLogBytes : 0)
        service.desk.host(log) { [unowned self] in stop($0) }
    }

    /// Bytes of its events.
    var bytes: Int { log.bytesAppended }

    private var settings: TasksConfiguration { runtime.configuration.tasks }

    // MARK: From outside

    /// Begins as soon as there is a place.
    func start() {
        service.tasks.add(self)
        let places = service.tasks.table.running
        if let slot = places.take(atMost: settings.maxRunning) { return begin(slot) }
        wait = service.places.wait(
            for: places, atMost: settings.maxRunning, longest: .max, milliseconds: settings.retentionSeconds * 1000
        ) { [unowned self] slot in
            wait = nil
            if let slot { begin(slot) } else { finish(.failed(.neverBegun)) }
        }
    }

    /// Its client wants it to stop.
    func cancel() { stop(.abandoned) }

    private func stop(_ cause: CompletionEnd.Cause) {
        guard !isOver else { return }
        if let dispatch { return dispatch.cancel(cause) }
        wait?.cancel()
        wait = nil
        finish(ending(cause))
    }

    // MARK: The run

    private func begin(_ slot: InFlight.Slot) {
        self.slot = slot
        entry.begin(now: WallClock.seconds)
        began = (service.loop.now, WallClock.now)
        let source = CompletionLog(waking: wakeup, highBytes: runtime.configuration.bounds.outputLowBytes)
        let dispatch = Dispatch(
            request, asked, service: service, runtime: runtime, into: source,
            counting: runtime.canonicalSeries(of: asked.route))
        self.dispatch = dispatch
        dispatch.start()
        service.loop.start { [self] in await follow(source, dispatch) }
    }

    private func follow(_ source: CompletionLog, _ dispatch: Dispatch) async {
        while true {
            do throws(Refusal) {
                try read(source)
                if let end = source.end { return finish(try ending(end), source) }
            } catch {
                dispatch.cancel(.abandoned)
                return finish(.failed(TaskFailure(APIError(error, policy: events.countFindings() ?? "guard"))), source)
            }
            dispatch.resume()
            await wakeup.wait()
        }
    }

    private func read(_ source: CompletionLog) throws(Refusal) {
        var refusal: Refusal?
        _ = source.drain { payload, kind in
            guard refusal == nil else { return }
            do throws(Refusal) {
                try events.read(payload, kind) { append($0) }
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
        if let progress = events.takeProgress() { entry.note(progress, now: WallClock.seconds) }
    }

    private func append(_ event: RawSpan) {
        var facts = ChatChunkFacts(choices: 0, hasFinishReason: false, hasContent: false, usage: nil)
        facts.isProgress = true
        log.append(event, facts)
    }

    // MARK: The end

    private func ending(_ end: CompletionEnd) throws(Refusal) -> TaskEnding {
        switch end {
        case .completed: .completed(try events.finish { append($0) })
        case .failed(let error): .failed(TaskFailure(APIError(error)))
        case .cancelled(let cause): ending(cause)
        }
    }

    private func ending(_ cause: CompletionEnd.Cause) -> TaskEnding {
        cause == .shuttingDown ? .failed(.interrupted) : .cancelled
    }

    /// Counts what was used, and tells it in the access log: the line of the request had to be written before.
    private func account(_ ending: TaskEnding, _ source: CompletionLog?) {
        // A refusal has stopped it already; nothing else is under way when the answer is whole.
        let record = dispatch?.record
        let cost = source?.hasResult == true ? record?.cost : nil
        grant.settle(source, cost: cost)
        service.metrics.usage.add(
            UsageCounts(failed: ending.status != .completed, source?.usage, cost: cost),
            to: UsageKey(grant.identity, model: asked.route.name))
        var line = grant.line
        line.task = entry.id
        line.time = began?.time ?? WallClock.now
        (line.method, line.path, line.bytesIn) = ("", "", 0)
        line.outcome = RequestOutcome(ending, source)
        line.errorCode = ending.failure?.code ?? ""
        line.durationNanoseconds = began.map { Int(service.loop.now.nanoseconds - $0.at.nanoseconds) } ?? 0
        if let usage = source?.usage {
            (line.tokensIn, line.tokensOut) = (usage.promptTokens, usage.completionTokens)
            line.tokensCached = usage.cachedTokens
        }
        if let record {
            (line.upstream, line.upstreamModel, line.attempts) = (record.upstream, record.model, record.attempts)
            line.upstreamNanoseconds = record.upstreamNanoseconds(now: service.loop.now)
            (line.calls, line.cost) = (record.calls, cost)
        }
        service.accessLog.record(line)
    }

    /// It is over: what was used is settled, the end recorded, and then told.
    private func finish(_ proposed: TaskEnding, _ source: CompletionLog? = nil) {
        precondition(!isOver, "a second end")
        isOver = true
        let ending = entry.settle(proposed)
        account(ending, source)
        _ = events.countFindings()
        slot = nil
        dispatch = nil
        let line = events.withRecord(endingWith: ending.event) { events in
            TaskRecord.line(
                id: entry.id, ending.status, updated: WallClock.seconds, entry.snapshot.progress, ending.failure,
                events: events)
        }
        service.tasks.record(line, isDurable: true) { [self] _ in
            // A record that could not be written is told in the log; whoever waits gets the result nonetheless.
            unsafe append(ending.event.span.bytes)
            entry.end(ending, events: log.eventsAppended, now: WallClock.seconds)
            log.finish(.completed)
            service.tasks.remove(self, TaskTable.Limits(settings))
        }
    }
}

extension RequestOutcome {
    fileprivate init(_ ending: TaskEnding, _ source: CompletionLog?) {
        switch (ending.status, source?.end) {
        case (.completed, _): self = .completed
        case (.cancelled, _): self = .clientDisconnected
        case (_, .failed): self = .upstreamError
        default: self = .gatewayError
        }
    }
}

extension TaskFailure {
    init(_ error: APIError) {
        self.init(status: error.status.code, message: error.message, type: error.type, code: error.code)
    }

    /// No place came free for as long as a result would be kept.
    fileprivate static let neverBegun = TaskFailure(
        status: 503, message: "The task never had its turn: too many others ran.", type: "service_unavailable_error",
        code: "server_is_overloaded")
}
