import Policies
import Upstreams

/// The making of one task: has the completion written, and makes the task's own events of it.
///
/// Reads the completion as a client would, through the guards of its request, and knows no client. What its limits have
/// granted is settled once, when its end is kept. States: made → waiting (`waitForPlace`) → running (`begin`) → ending →
/// over; waiting → ending; or, from any but the last, given up (`giveUp`), when another replica has the task.
final class TaskRun {
    let order: TaskOrder
    private let book: any TaskBook
    private let service: Service
    private let runtime: Runtime
    private let wakeup = Wakeup()
    private var events: TaskEvents
    private var wait: PlaceWait?
    private var slot: InFlight.Slot?
    private var dispatch: Dispatch?
    /// When it had its turn: on the loop's clock, and in nanoseconds since 1970.
    private var began: (at: MonotonicTime, time: Int)?
    /// Nothing more is made of it; its end may still have to be kept.
    private(set) var isOver = false
    private var isSettled = false
    private let didEnd: (TaskRun) -> Void

    /// - Parameter didEnd: called once, when all is told.
    init(_ order: TaskOrder, _ book: any TaskBook, service: Service, didEnd: @escaping (TaskRun) -> Void) {
        self.order = order
        self.book = book
        self.service = service
        runtime = order.runtime
        self.didEnd = didEnd
        events = TaskEvents(order.grant, parser: service.parser, runtime: runtime)
    }

    var hasBegun: Bool { dispatch != nil }

    // MARK: From outside

    /// Begins as soon as there is one of the process's places. `mayBegin` is asked right before; if not, the place goes
    /// to the next in line, and this one never begins.
    func waitForPlace(_ places: InFlight, mayBegin: @escaping () -> Bool) {
        let settings = runtime.configuration.tasks
        if let slot = places.take(atMost: settings.maxRunning) {
            if mayBegin() { begin(slot) }
            return
        }
        wait = service.places.wait(
            for: places, atMost: settings.maxRunning, longest: .max, milliseconds: settings.retentionSeconds * 1000
        ) { [unowned self] slot in
            wait = nil
            guard let slot else { return end(.failed(.neverBegun)) }
            if mayBegin() { begin(slot) }
        }
    }

    /// Has the completion written, in this place.
    func begin(_ slot: InFlight.Slot) {
        precondition(dispatch == nil && !isOver, "a task begins once")
        self.slot = slot
        began = (service.loop.now, WallClock.now)
        let source = CompletionLog(waking: wakeup, highBytes: runtime.configuration.bounds.outputLowBytes)
        let dispatch = Dispatch(
            order.request, order.asked, service: service, runtime: runtime, into: source,
            counting: runtime.canonicalSeries(of: order.asked.route))
        self.dispatch = dispatch
        dispatch.start()
        service.loop.start { [self] in await follow(source, dispatch) }
    }

    /// Its client wants it to stop, or the process ends.
    func stop(_ cause: CompletionEnd.Cause) {
        guard !isOver else { return }
        if let dispatch { dispatch.cancel(cause) } else { end(ending(cause)) }
    }

    /// It is over before it has begun.
    func end(_ ending: TaskEnding) {
        wait?.cancel()
        wait = nil
        finish(ending, nil)
    }

    /// Another replica has the task, or is going to have it: nothing more is told here, and it is settled there.
    func giveUp() {
        guard !isSettled else { return }
        isSettled = true
        order.grant.leave()
        guard !isOver else { return }
        isOver = true
        wait?.cancel()
        wait = nil
        slot = nil
        dispatch?.cancel(.abandoned)
        dispatch = nil
        wakeup.wake()
    }

    // MARK: The run

    private func follow(_ source: CompletionLog, _ dispatch: Dispatch) async {
        while !isOver {
            do throws(Refusal) {
                try read(source)
                if let failure = events.failure {
                    dispatch.cancel(.abandoned)
                    return finish(.failed(failure), source)
                }
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
                try events.read(payload, kind) { book.append($0) }
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
        if let progress = events.takeProgress() { book.note(progress) }
    }

    // MARK: The end

    private func ending(_ end: CompletionEnd) throws(Refusal) -> TaskEnding {
        switch end {
        case .completed: .completed(try events.finish { book.append($0) })
        case .failed(let error): .failed(TaskFailure(APIError(error)))
        case .cancelled(let cause): ending(cause)
        }
    }

    private func ending(_ cause: CompletionEnd.Cause) -> TaskEnding {
        cause == .shuttingDown ? .failed(.interrupted) : .cancelled
    }

    /// It is over: the end is recorded, and then told, and what was used is settled.
    private func finish(_ proposed: TaskEnding, _ source: CompletionLog?) {
        precondition(!isOver, "a second end")
        isOver = true
        // A refusal has stopped it already; nothing else is under way when the answer is whole.
        let record = dispatch?.record
        let cost = source?.hasResult == true ? record?.cost : nil
        _ = events.countFindings()
        let duration = began.map { Int(service.loop.now.nanoseconds - $0.at.nanoseconds) } ?? 0
        slot = nil
        dispatch = nil
        book.end(proposed) { [self] ending in
            // Not before: until its end is kept, another replica may make it in the place of this one.
            isSettled = true
            order.grant.settle(source, cost: cost)
            account(ending, source, record, cost: cost, duration)
            didEnd(self)
        }
    }

    /// Counts what was used, and tells it in the access log: the line of the request had to be written before.
    private func account(
        _ ending: TaskEnding, _ source: CompletionLog?, _ record: DispatchRecord?, cost: Int?, _ duration: Int
    ) {
        service.metrics.usage.add(
            UsageCounts(failed: ending.status != .completed, source?.usage, cost: cost),
            to: UsageKey(order.grant.identity, model: order.asked.route.name))
        var line = order.grant.line
        line.task = order.id
        line.time = began?.time ?? WallClock.now
        (line.method, line.path, line.bytesIn) = ("", "", 0)
        line.outcome = RequestOutcome(ending, source)
        line.errorCode = ending.failure?.code ?? ""
        line.decisions = events.decisions
        line.durationNanoseconds = duration
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

    /// What was written down of it is not understood here: such as a model that there is no more.
    static let notMakeable = TaskFailure(
        status: 503, message: "The gateway that has taken the task does not have its model.",
        type: "service_unavailable_error", code: "task_not_makeable")

    /// No place came free for as long as a result would be kept.
    static let neverBegun = TaskFailure(
        status: 503, message: "The task never had its turn: too many others ran.", type: "service_unavailable_error",
        code: "server_is_overloaded")
}
