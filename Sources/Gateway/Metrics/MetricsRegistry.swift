/// The metrics of one worker.
///
/// Belongs to the worker's thread: not Sendable, no locks, no atomics. A request finds its series here once and adds to
/// them in plain integers. A scrape takes a `snapshot()` on the worker's own thread and adds up those of all workers
/// elsewhere.
final class MetricsRegistry {
    let worker: Int
    /// Turns of the loop, and nanoseconds it worked rather than waited.
    var loopTurns = 0
    var loopBusyNanoseconds = 0
    /// Who has used what.
    var usage = UsageTable()

    private var requests: SeriesTable<RequestKey>
    private var upstreams: SeriesTable<UpstreamKey>
    private var routes: SeriesTable<HTTPKey>
    private var listeners: SeriesTable<ListenerKey>
    private var policies: SeriesTable<PolicyKey>

    /// - Parameter maxSeries: the most label sets of each kind; what comes later is counted as `other`.
    init(worker: Int, maxSeries: Int = 1000) {
        self.worker = worker
        requests = SeriesTable(limit: maxSeries)
        upstreams = SeriesTable(limit: maxSeries)
        routes = SeriesTable(limit: maxSeries)
        listeners = SeriesTable(limit: maxSeries)
        policies = SeriesTable(limit: maxSeries)
    }

    /// The series of a completion request. It may be kept as long as the registry lives.
    func request(_ key: RequestKey) -> MetricSeries<RequestKey> { requests.find(key) }

    /// The series of calls to a model of an upstream. It may be kept as long as the registry lives.
    func upstream(_ key: UpstreamKey) -> MetricSeries<UpstreamKey> { upstreams.find(key) }

    /// The series of an HTTP route. It may be kept as long as the registry lives.
    func route(_ key: HTTPKey) -> MetricSeries<HTTPKey> { routes.find(key) }

    /// The series of a listener's connections. It may be kept as long as the registry lives.
    func listener(_ name: String) -> MetricSeries<ListenerKey> { listeners.find(ListenerKey(name: name)) }

    /// The series of a policy. It may be kept as long as the registry lives.
    func policy(_ key: PolicyKey) -> MetricSeries<PolicyKey> { policies.find(key) }

    /// A copy of all numbers, for another thread.
    func snapshot() -> MetricsSnapshot {
        MetricsSnapshot(
            worker: worker, loopTurns: loopTurns, loopBusyNanoseconds: loopBusyNanoseconds,
            requests: requests.contents, upstreams: upstreams.contents, routes: routes.contents,
            listeners: listeners.contents, policies: policies.contents)
    }
}
