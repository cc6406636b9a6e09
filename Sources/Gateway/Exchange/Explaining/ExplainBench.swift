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
        let explainer = Explainer(runtime, parser, logs: shared.logs, at: loop.now)
        var result: Result<Explanation, APIError>?
        loop.start {
            do throws(APIError) {
                result = .success(try await explainer.explain(asked, now: WallClock.seconds))
            } catch {
                result = .failure(error)
            }
        }
        guard let result else { preconditionFailure("counters of this process are there at once") }
        return try result.get()
    }
}
