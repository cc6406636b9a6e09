/// What is said to a worker, from the supervisor or from another worker.
enum WorkerMessage: Sendable {
    /// Serve new requests by this configuration.
    case configure(Generation)
    /// Take no new connections; end when the last one has gone.
    case drain
    /// End what is still under way.
    case shutDown
    /// Hand over a snapshot of your metrics.
    case measure(to: @Sendable (MetricsSnapshot) -> Void)
    /// The snapshot that was asked for.
    case measured(MetricsSnapshot, scrape: Int)
    /// Send all rows of what was used to `asker`.
    case tellUsage(asker: Int, question: Int)
    /// The rows that were asked for.
    case usage([UsageRow], question: Int)
    /// Send to `asker` what is under way.
    case list(asker: Int, listing: Int)
    /// What was asked for.
    case listed(RequestListing, listing: Int)
    /// End a request, and tell `asker` whether there was one.
    case cancel(Int, asker: Int, cancellation: Int)
    /// It has ended, or there was none.
    case cancelled(Bool, cancellation: Int)
    /// The reload that was asked for is over; without mistakes it has taken effect.
    case reloaded(request: Int, ReloadReport)
    /// The change of the keys that was asked for was made and handed to all workers, or not made.
    case keysEdited(Result<KeyConfiguration, KeyEditFailure>, request: Int)
    /// Tell `asker` that you have come to this message, and so have seen all before it.
    case confirm(asker: Int, confirmation: Int)
    /// A worker has.
    case confirmed(confirmation: Int)
}

/// What a worker tells the supervisor.
enum SupervisorMessage: Sendable {
    /// It listens.
    case ready(worker: Int)
    /// It has no connection left, and its loop has ended.
    case ended(worker: Int)
    /// A server of the shared store became unavailable, or is back.
    case store(StoreHealth.Change)
    /// A provider was taken out of use by its health check, or is back.
    case health(HealthChecks.Change)
    /// An operator wants the configuration read anew; the worker is told how it went.
    case reload(worker: Int, request: Int)
    /// An operator, whose key has this id, wants the keys changed; the worker is told how it went.
    case editKeys(KeyEdit, operatorID: String, worker: Int, request: Int)
    /// An operator has set the log level.
    case logLevel(LogThreshold.Change)
    /// An operator wants the process to end in good order.
    case drain
    /// The snapshot of a worker's metrics that the supervisor asked for.
    case measured(MetricsSnapshot, sample: Int)
}
