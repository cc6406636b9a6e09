import Testing

@testable import Gateway

/// When a change of files counts.
struct FileChangesTests {
    /// Stamps that differ: those of files that are always there.
    private let one = ["f": FileStamp.of("/")]
    private let two = ["f": FileStamp.of("/proc/self/exe")]
    private let none = ["f": FileStamp.missing]

    @Test func `a change counts when it has stayed for two looks`() {
        var changes = FileChanges(one)
        #expect(changes.compare(one) == .unchanged)
        #expect(changes.compare(two) == .unsettled)
        #expect(changes.compare(two) == .changed)
    }

    @Test func `what is still changing does not count`() {
        var changes = FileChanges(one)
        #expect(changes.compare(two) == .unsettled)
        #expect(changes.compare(none) == .unsettled)
        #expect(changes.compare(two) == .unsettled)
        #expect(changes.compare(two) == .changed)
    }

    @Test func `a change that is taken back does not count`() {
        var changes = FileChanges(one)
        #expect(changes.compare(none) == .unsettled)
        #expect(changes.compare(one) == .unchanged)
        #expect(changes.compare(none) == .unsettled)
    }
}
