import Synchronization

/// The places for calls that are on their way to one provider, over all workers of the process, and the line of those who
/// wait for one.
///
/// Whoever comes while others wait goes to the end of the line. A place that comes free while someone waits goes to the
/// first of the line before anybody else sees it.
package final class InFlight: Sendable {
    private let count = Atomic<Int>(0)
    private let lineLength = Atomic<Int>(0)
    private let line = Mutex(Line())

    private struct Line {
        var waiting: [Waiter] = []
        var numbers = 0
    }

    private struct Waiter {
        let number: Int
        let limit: Int
        let granted: @Sendable (Int) -> Void
    }

    package init() {}

    /// Calls on their way.
    package var current: Int { count.load(ordering: .relaxed) }

    /// Those who wait for a place.
    package var waiting: Int { lineLength.load(ordering: .relaxed) }

    /// Takes a place, or nil when `limit` are taken or others wait. The place is given back when the slot is let go of.
    package func take(atMost limit: Int) -> Slot? {
        guard lineLength.load(ordering: .relaxed) == 0 else { return nil }
        if claim(atMost: limit) { return Slot(self) }
        // For a moment this attempt looked like a place that is taken: whoever came to the line in that moment may have
        // been misled.
        if lineLength.load(ordering: .sequentiallyConsistent) > 0 { serveLine() }
        return nil
    }

    private func claim(atMost limit: Int) -> Bool {
        let (_, now) = count.add(1, ordering: .sequentiallyConsistent)
        if now <= limit { return true }
        count.subtract(1, ordering: .sequentiallyConsistent)
        return false
    }

    // MARK: The line

    /// Stands in line behind all others. Gives the number under which `granted` is called, on whatever thread, when there
    /// is a place, which then is taken by `adopt`; nil: `longest` wait already.
    package func wait(atMost limit: Int, longest: Int, granted: @escaping @Sendable (Int) -> Void) -> Int? {
        let number: Int? = line.withLock { line in
            guard line.waiting.count < longest else { return nil }
            line.numbers += 1
            line.waiting.append(Waiter(number: line.numbers, limit: limit, granted: granted))
            lineLength.store(line.waiting.count, ordering: .sequentiallyConsistent)
            return line.numbers
        }
        // A place may have come free before anybody could be seen waiting.
        if number != nil { serveLine() }
        return number
    }

    /// Leaves the line. False: a place was granted already, and has to be adopted.
    package func leave(_ number: Int) -> Bool {
        line.withLock { line in
            guard let place = line.waiting.firstIndex(where: { $0.number == number }) else { return false }
            line.waiting.remove(at: place)
            lineLength.store(line.waiting.count, ordering: .sequentiallyConsistent)
            return true
        }
    }

    /// Takes over a place that was granted.
    package func adopt() -> Slot { Slot(self) }

    private func serveLine() {
        let served = line.withLock { line in
            var served = 0
            while served < line.waiting.count, claim(atMost: line.waiting[served].limit) { served += 1 }
            let waiters = line.waiting[..<served]
            line.waiting.removeFirst(served)
            lineLength.store(line.waiting.count, ordering: .sequentiallyConsistent)
            return waiters
        }
        for waiter in served { waiter.granted(waiter.number) }
    }

    private func giveBack() {
        count.subtract(1, ordering: .sequentiallyConsistent)
        if lineLength.load(ordering: .sequentiallyConsistent) > 0 { serveLine() }
    }

    /// One call's place.
    package final class Slot {
        private let owner: InFlight

        fileprivate init(_ owner: InFlight) { self.owner = owner }

        deinit { owner.giveBack() }
    }
}
