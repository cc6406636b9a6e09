/// What was used in the last window of time.
///
/// Keeps a log of stretches, each a moment or, under load, up to a 256th of the window. A stretch counts until its
/// last use has left the window: so never is less counted than was used, room comes back at most a 256th of the
/// window late, and the log is bounded whatever the load.
struct SlidingWindow: Sendable {
    private struct Stretch {
        let start: Int
        var end: Int
        var amount: Int
    }

    private var stretches: [Stretch] = []
    /// The first stretch that still counts.
    private var head = 0
    private(set) var used = 0

    static let maxStretches = 256

    init() {}

    /// Forgets what has left the window.
    mutating func advance(window: Int, now: Int) {
        while head < stretches.count, stretches[head].end + window <= now {
            used -= stretches[head].amount
            head += 1
        }
        if head == stretches.count {
            stretches.removeAll(keepingCapacity: stretches.capacity <= 8)
            head = 0
        } else if head > Self.maxStretches / 4 {
            stretches.removeFirst(head)
            head = 0
        }
    }

    mutating func add(_ amount: Int, window: Int, now: Int) {
        used += amount
        let last = stretches.count - 1
        if last >= head, now - stretches[last].start <= window / Self.maxStretches {
            stretches[last].end = now
            stretches[last].amount += amount
        } else {
            stretches.append(Stretch(start: now, end: now, amount: amount))
        }
    }

    /// Takes back part of what was added at `time`; nothing if that has left the window.
    mutating func remove(_ amount: Int, addedAt time: Int) {
        var low = head
        var high = stretches.count
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].end < time { low = middle + 1 } else { high = middle }
        }
        guard low < stretches.count, stretches[low].start <= time else { return }
        let part = min(amount, stretches[low].amount)
        stretches[low].amount -= part
        used -= part
    }

    /// The moment from which no more than `amount` counts, if nothing is added; nil: that holds already.
    func moment(atMost amount: Int, window: Int) -> Int? {
        var excess = used - amount
        guard excess > 0 else { return nil }
        for stretch in stretches[head...] {
            excess -= stretch.amount
            if excess <= 0 { return stretch.end + window }
        }
        preconditionFailure("more used than the log tells of")
    }
}
