import Synchronization

/// A number that threads add to.
final class TestCount: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .sequentiallyConsistent) }

    func add(_ count: Int) { number.add(count, ordering: .sequentiallyConsistent) }
}
