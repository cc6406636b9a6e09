/// The numbers of one worker at one moment: a value that may go to any thread.
struct MetricsSnapshot: Sendable {
    let worker: Int
    let loopTurns: Int
    let loopBusyNanoseconds: Int
    let requests: [(RequestKey, RequestValues)]
    let upstreams: [(UpstreamKey, UpstreamValues)]
    let routes: [(HTTPKey, HTTPValues)]
    let listeners: [(ListenerKey, ListenerValues)]
    let policies: [(PolicyKey, PolicyValues)]

    /// Adds every sample to a page.
    func emit(into page: inout MetricSamples) {
        for (key, values) in routes { values.emit(key, into: &page) }
        for (key, values) in requests { values.emit(key, into: &page) }
        for (key, values) in upstreams { values.emit(key, into: &page) }
        for (key, values) in listeners { values.emit(key, into: &page) }
        for (key, values) in policies { values.emit(key, into: &page) }
        page.add(.loopTurns, [String(worker)], loopTurns)
        page.add(.loopBusy, [String(worker)], loopBusyNanoseconds)
    }
}
