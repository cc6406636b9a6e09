import Upstreams

/// Writes on in a stream that another replica writes, if that one is lost: as the model's `mid_stream` says of a stream
/// that its provider breaks off.
///
/// Made for a request that reads along and used for all who do, also when that one has left: holds nothing of its
/// connection.
struct StreamSuccessor {
    private let request: CompletionRequest
    private var route: RequestedRoute
    private let service: Service
    private let runtime: Runtime
    private let series: MetricSeries<RequestKey>
    /// Whose call it is, unless somebody else is answered by it.
    private let caller: UsageKey

    /// Nil: the model's streams are not mended, or none is asked for.
    init?(_ request: CompletionRequest, _ route: RequestedRoute, _ exchange: Exchange) {
        guard request.isStream, route.route.midStream.contains(where: \.needsTranscript) else { return nil }
        self.request = request
        self.route = route
        // Others may wait longer than the client that was the first to read along.
        self.route.deadline = nil
        service = exchange.service
        runtime = exchange.runtime
        series = exchange.series(of: route.route)
        caller = UsageKey(exchange.identity, model: route.route.name)
    }

    /// Goes on with what the log has, so that nothing is told twice. False: that cannot be.
    func takeOver(_ log: SharedLog) -> Bool {
        let desk = service.desk
        guard log.isStream, let told = log.takeOver() else { return false }
        // Nobody else may join it, so it would only take room.
        desk.store.remove(log)
        let dispatch = Dispatch(
            request, route, service: service, runtime: runtime,
            into: CompletionLog(continuing: log, after: told, at: desk), counting: series)
        desk.host(log) { dispatch.cancel($0) }
        _ = log.leaveUse(of: caller)
        dispatch.record.log = log
        dispatch.start(after: told)
        return true
    }
}
