import Synchronization
import Upstreams

/// The little that all workers of the process share: counters that bound the process as a whole.
final class SharedState: Sendable {
    /// Open client connections.
    let connections = InFlight()
    /// The counters of all limits.
    let limits = LimitTable()
    /// This process among the replicas that count limits together.
    let replica = LimitReplica()
    /// Completions that others may find.
    let logs: LogStore
    /// Streams that clients may come back to.
    let resumable = ResumeTable()
    /// Whether the servers of the shared store answer.
    let storeHealth = StoreHealth()
    /// How upstreams and targets are.
    let health = HealthTable()
    /// What was said to agents.
    let conversations = ConversationStore()
    /// The agents that clients have made.
    let agents = AgentDirectory()
    /// Completions that go on without their clients.
    let tasks = TaskTable()
    /// What went on in the last hour.
    let history = History()
    /// How much is logged.
    let logThreshold = LogThreshold()
    /// When the process began to serve.
    let startedAt: MonotonicTime
    /// The same in seconds since 1970.
    let since = WallClock.seconds
    private let draining = Atomic<Bool>(false)

    /// No further request is served; `/ready` says so.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func beginDraining() { draining.store(true, ordering: .relaxed) }

    init(startedAt: MonotonicTime, storeBytes: Int) {
        self.startedAt = startedAt
        logs = LogStore(maxBytes: storeBytes)
    }
}
