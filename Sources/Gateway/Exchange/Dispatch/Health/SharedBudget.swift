import Policies
import Synchronization

/// A budget of additional calls that all workers draw on. Counting a request costs an addition; only the first of a
/// second takes the lock.
final class SharedBudget: Sendable {
    private let slice = Atomic<Int>(0)
    /// Requests of the slice that the budget has not seen yet.
    private let requests = Atomic<Int>(0)
    private let budget = Mutex(CallBudget())

    /// Additional calls of a window that are allowed whatever the share.
    private static let reserve = 10

    /// Counts a request. `now`: milliseconds.
    func count(now: Int) {
        if CallBudget.slice(now) != slice.load(ordering: .relaxed) { budget.withLock { settle(&$0, now) } }
        requests.add(1, ordering: .relaxed)
    }

    /// Takes one additional call, if there is one.
    func take(share: Double, now: Int) -> Bool {
        budget.withLock { budget in
            settle(&budget, now)
            return budget.take(share: share, reserve: Self.reserve, now: now)
        }
    }

    private func settle(_ budget: inout CallBudget, _ now: Int) {
        budget.add(
            requests: requests.exchange(0, ordering: .relaxed),
            slice: slice.exchange(CallBudget.slice(now), ordering: .relaxed))
    }
}
