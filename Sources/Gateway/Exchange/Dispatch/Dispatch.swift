import Policies
import Upstreams

/// The writer of one completion: chooses a target, has it called, and appends what it answers to the log.
///
/// Knows nothing of clients. Every attempt is accounted for in the metrics of its target. States: made → running
/// (`start`) → over, when the log has its terminal record.
final class Dispatch {
    let service: Service
    private let runtime: Runtime
    private let request: CompletionRequest
    private let route: ModelTable.Route
    private let log: CompletionLog
    private var attempt: Attempt?
    /// What the access log tells of it.
    private(set) var record = DispatchRecord()

    init(
        _ request: CompletionRequest, _ route: ModelTable.Route, service: Service, runtime: Runtime,
        into log: CompletionLog
    ) {
        self.request = request
        self.route = route
        self.service = service
        self.runtime = runtime
        self.log = log
    }

    // MARK: From the reader's side

    func start() {
        let place = route.choice.pick(service.random())
        begin(route.targets[place], runtime.series[route.index].targets[place])
    }

    /// Nobody wants the answer any more, or the process ends. The log gets its terminal record.
    func cancel(_ cause: CompletionEnd.Cause) {
        guard let attempt else { return }
        self.attempt = nil
        attempt.cancel()
        record.endedAt = service.loop.now
        log.finish(.cancelled(cause))
    }

    /// The log is no longer full.
    func resume() { attempt?.resume() }

    // MARK: Attempts

    private func begin(_ target: ModelTarget, _ series: MetricSeries<UpstreamKey>) {
        let attempt = Attempt(self, target, series, model: target.model ?? request.model, startedAt: service.loop.now)
        self.attempt = attempt
        record.begin(target, model: attempt.model, at: attempt.startedAt)
        attempt.start(request, at: runtime.upstream(target.upstream))
    }

    /// Whether the log takes no more for now.
    var isFull: Bool { log.isFull }

    func attempt(_ attempt: Attempt, didBegin head: AnswerHead) { log.begin(head) }

    func attempt(_ attempt: Attempt, didAppend payload: RawSpan, _ facts: ChatChunkFacts) {
        log.append(payload, facts)
    }

    func attempt(_ attempt: Attempt, didEnd error: UpstreamError?) {
        self.attempt = nil
        record.endedAt = service.loop.now
        log.end(error)
    }
}
