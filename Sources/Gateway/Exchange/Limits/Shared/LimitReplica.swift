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
    private let decisions = Mutex(StoreFigures.noLimits)
    private let forgotten = Atomic<Int>(0)

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
    func note(_ way: StoreFailure) { decisions.withLock { $0[way, default: 0] += 1 } }

    /// So many changes of counters will never be told to the store.
    func noteForgotten(_ count: Int) { forgotten.add(count, ordering: .relaxed) }

    /// Adds its own to the figures of the store.
    func report(to figures: inout StoreFigures) {
        figures.replicas = count
        figures.limitsWithoutStore = decisions.withLock { $0 }
        figures.limitsForgotten = forgotten.load(ordering: .relaxed)
    }
}
