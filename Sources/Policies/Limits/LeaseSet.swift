/// The places that are taken, each until its lease ends.
///
/// Holders are found by bisection. One who lets go leaves a gap; gaps are closed all together when there are more of
/// them than leases, so that a change costs about the same however many there are.
struct LeaseSet: Sendable {
    private struct Lease {
        let holder: Int
        /// In nanoseconds; of a gap before all time.
        var end: Int
    }

    /// By the holders' numbers, of which a new one is mostly the highest.
    private var leases: [Lease] = []
    private(set) var gaps = 0
    /// No lease ends before; the leases are looked through only then.
    private var firstEnd = Int.max

    private static let beforeAllTime = Int.min

    init() {}

    var isEmpty: Bool { leases.count == gaps }

    /// Leases that have not ended.
    mutating func count(now: Int) -> Int {
        if firstEnd <= now {
            drop(endedBy: now)
            firstEnd = leases.reduce(.max) { min($0, $1.end) }
        }
        return leases.count - gaps
    }

    /// Takes a place, or keeps it for longer. A holder whose lease has ended gets one again: it is under way, whatever
    /// the limit.
    mutating func hold(_ holder: Int, until end: Int) {
        let place = place(of: holder)
        if isHeld(place, by: holder) {
            if leases[place].end == Self.beforeAllTime { gaps -= 1 }
            leases[place].end = end
        } else {
            leases.insert(Lease(holder: holder, end: end), at: place)
        }
        firstEnd = min(firstEnd, end)
    }

    /// A second time does nothing.
    mutating func release(_ holder: Int) {
        let place = place(of: holder)
        guard isHeld(place, by: holder), leases[place].end != Self.beforeAllTime else { return }
        leases[place].end = Self.beforeAllTime
        gaps += 1
        if gaps > leases.count / 2 { drop(endedBy: Self.beforeAllTime) }
    }

    /// Gaps with them.
    private mutating func drop(endedBy moment: Int) {
        leases.removeAll { $0.end <= moment }
        gaps = 0
    }

    private func isHeld(_ place: Int, by holder: Int) -> Bool {
        place < leases.count && leases[place].holder == holder
    }

    /// Where the holder stands, or would.
    private func place(of holder: Int) -> Int {
        guard let last = leases.last, holder <= last.holder else { return leases.count }
        var low = 0
        var high = leases.count
        while low < high {
            let middle = (low + high) / 2
            if leases[middle].holder < holder { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
