import Policies
import Synchronization
import Upstreams

/// This process among the replicas that count limits together: its name, how many there are, who waits here for a place.
/// Shared by all workers.
final class LimitReplica: Sendable {
    /// Of no other replica.
    let id = Hexadecimal.encode(RandomBytes.make(6))
    private let replicas = Atomic<Int>(1)
    private let waiting = Mutex<[String: Int]>([:])
    private let decisions = Mutex<[String: Int]>([:])

    /// Replicas that live, as Redis said last; 1 until it did.
    var count: Int { replicas.load(ordering: .relaxed) }

    func note(count: Int) { replicas.store(max(1, count), ordering: .relaxed) }

    // MARK: Lines

    /// Requests of all workers that wait for a place of this counter.
    func waiting(_ key: String) -> Int { waiting.withLock { $0[key] ?? 0 } }

    func join(_ key: String) { waiting.withLock { $0[key, default: 0] += 1 } }

    func leave(_ key: String) {
        waiting.withLock { waiting in
            let left = (waiting[key] ?? 0) - 1
            waiting[key] = left > 0 ? left : nil
        }
    }

    // MARK: Figures

    /// A request was decided without the store.
    func note(_ way: StoreFailure) { decisions.withLock { $0[way.rawValue, default: 0] += 1 } }

    /// Requests that were decided without the store, by how: the words of `on_store_failure`.
    var decisionsWithoutStore: [String: Int] { decisions.withLock { $0 } }
}
