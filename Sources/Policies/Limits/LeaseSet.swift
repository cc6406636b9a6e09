/// The places that are taken, each until its lease ends.
struct LeaseSet: Sendable {
    /// Ends of the leases by their holders, in nanoseconds.
    private var ends: [Int: Int] = [:]
    /// No lease ends before; the leases are looked through only then.
    private var firstEnd = Int.max

    init() {}

    var isEmpty: Bool { ends.isEmpty }

    /// Leases that have not ended.
    mutating func count(now: Int) -> Int {
        if firstEnd <= now {
            ends = ends.filter { $0.value > now }
            firstEnd = ends.values.min() ?? .max
        }
        return ends.count
    }

    /// Takes a place, or keeps it for longer. A holder whose lease has ended gets one again: it is under way, whatever
    /// the limit.
    mutating func hold(_ holder: Int, until end: Int) {
        ends[holder] = end
        firstEnd = min(firstEnd, end)
    }

    mutating func release(_ holder: Int) { ends[holder] = nil }
}
