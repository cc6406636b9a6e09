import Synchronization

/// Counts the calls that are on their way to one provider, over all workers of the process.
package final class InFlight: Sendable {
    private let count = Atomic<Int>(0)

    package init() {}

    /// Calls on their way.
    package var current: Int { count.load(ordering: .relaxed) }

    /// Takes a place, or nil when `limit` are taken. The place is given back when the slot is let go of.
    package func take(atMost limit: Int) -> Slot? {
        let (_, now) = count.add(1, ordering: .relaxed)
        guard now <= limit else {
            count.subtract(1, ordering: .relaxed)
            return nil
        }
        return Slot(self)
    }

    /// One call's place.
    package final class Slot {
        private let owner: InFlight

        fileprivate init(_ owner: InFlight) { self.owner = owner }

        deinit { owner.count.subtract(1, ordering: .relaxed) }
    }
}
