import Synchronization
import Upstreams

/// The little that all workers of the process share: counters that bound the process as a whole.
final class SharedState: Sendable {
    /// Open client connections.
    let connections = InFlight()
    /// The counters of all limits.
    let limits = LimitTable()
    /// Completions that others may find.
    let logs: LogStore
    /// Streams that clients may come back to.
    let resumable = ResumeTable()
    /// Whether the servers of the shared store answer.
    let storeHealth = StoreHealth()
    /// When the process began to serve.
    let startedAt: MonotonicTime
    private let draining = Atomic<Bool>(false)
    private let upstreams = Mutex<[String: InFlight]>([:])

    /// No further request is served; `/ready` says so.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func beginDraining() { draining.store(true, ordering: .relaxed) }

    init(startedAt: MonotonicTime, storeBytes: Int) {
        self.startedAt = startedAt
        logs = LogStore(maxBytes: storeBytes)
    }

    /// The calls on their way to the upstream of that name; the same object for the same name, over reloads too.
    func inFlight(_ upstream: String) -> InFlight {
        upstreams.withLock { upstreams in
            if let known = upstreams[upstream] { return known }
            let fresh = InFlight()
            upstreams[upstream] = fresh
            return fresh
        }
    }
}
