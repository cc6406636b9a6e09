import Upstreams

/// A runtime of a configuration that serves nothing: no listeners, no TLS, no traffic, fresh counters.
final class ExplainBench {
    private let loop = EventLoop()
    private let parser: JSONParser
    private let shared: SharedState
    private let runtime: Runtime

    /// Throws what the files that the configuration names are wrong about.
    init(_ configuration: Configuration) throws {
        shared = SharedState(startedAt: loop.now, storeBytes: configuration.store.maxBytes)
        parser = JSONParser(maxDepth: configuration.bounds.maxJSONDepth)
        runtime = Runtime(
            try Generation(configuration, ticketKeys: nil), shared: shared,
            context: UpstreamContext(loop: loop, curl: CurlMulti(reactor: loop), parser: parser),
            metrics: MetricsRegistry(worker: 0), limits: LimitDesk(table: shared.limits, loop: loop, owner: 0))
    }

    func explain(_ asked: ExplainedRequest) throws(APIError) -> Explanation {
        try Explainer(runtime, parser, logs: shared.logs, at: loop.now).explain(asked, now: WallClock.seconds)
    }
}
