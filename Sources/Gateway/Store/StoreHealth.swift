import Synchronization
import Upstreams

/// Whether the servers of the shared store answer, over all workers: what is told once per change, not once per worker
/// or request. A server counts as unavailable from the first worker that finds it so to the last one that finds it back.
final class StoreHealth: Sendable {
    /// A server of the store became unavailable, or is back.
    struct Change: Sendable {
        /// Its address, or the name that Sentinels have for the master.
        let server: String
        /// Nil: it is back.
        let failure: String?
    }

    private struct State {
        var failing: [String: Set<Int>] = [:]
        var changes = 0
        var supervisor: Mailbox<SupervisorMessage>?
    }

    private let state = Mutex(State())
    private let unshared = Atomic<Int>(0)

    /// A completion could not be shared with other replicas, or not to its end.
    func countUnshared() { unshared.add(1, ordering: .relaxed) }

    /// How many completions could not be shared since the start.
    var unsharedCompletions: Int { unshared.load(ordering: .relaxed) }

    /// Changes are told to the supervisor from now on.
    func report(to supervisor: Mailbox<SupervisorMessage>) { state.withLock { $0.supervisor = supervisor } }

    /// A worker has found a server in this state.
    func note(_ server: String, _ found: RedisState, worker: Int) {
        let told = state.withLock { state -> (Change, Mailbox<SupervisorMessage>?)? in
            let wasFailing = state.failing[server]?.isEmpty == false
            var failure: String?
            if case .unavailable(_, let error) = found {
                failure = "\(error)"
                state.failing[server, default: []].insert(worker)
            } else {
                state.failing[server]?.remove(worker)
            }
            let isFailing = state.failing[server]?.isEmpty == false
            guard wasFailing != isFailing else { return nil }
            state.changes += 1
            return (Change(server: server, failure: failure), state.supervisor)
        }
        if let (change, supervisor) = told { supervisor?.post(.store(change)) }
    }

    /// Servers that some worker finds unavailable, and changes of state since the start.
    var figures: (failing: Int, changes: Int) {
        state.withLock { state in (state.failing.count { !$0.value.isEmpty }, state.changes) }
    }
}
