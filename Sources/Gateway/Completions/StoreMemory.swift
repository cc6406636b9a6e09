import Synchronization

/// Counts the memory that all kept logs of the process take.
final class StoreMemory: Sendable {
    private let used = Atomic<Int>(0)

    /// Bytes, about.
    var bytes: Int { used.load(ordering: .relaxed) }

    func take(_ bytes: Int) { used.add(bytes, ordering: .relaxed) }

    func give(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }
}
