import Synchronization

/// The gateway's own last hour in steps of ten seconds.
///
/// Bounded: a ring of `capacity` points, under 100 KB. Written by the supervisor, which looks at all figures once a step,
/// so that a request costs nothing; read by whichever worker an operator asks.
final class History: Sendable {
    /// Seconds between two looks.
    static let step = 10
    /// An hour.
    static let capacity = 360
    /// Steps that percentiles look back.
    private static let wideSteps = 3

    private struct State {
        /// The last looks, oldest first.
        var looks: [HistoryTotals] = []
        var points: [HistoryPoint] = []
        /// Where the next point goes once the ring is full, which is where the oldest one is.
        var next = 0
    }

    private let state = Mutex(State())

    /// Takes a look. The first makes no point, since nothing is known from before it.
    func add(_ totals: HistoryTotals) {
        state.withLock { state in
            defer {
                state.looks.append(totals)
                if state.looks.count > Self.wideSteps { state.looks.removeFirst() }
            }
            guard let before = state.looks.last, let wide = state.looks.first else { return }
            let point = HistoryPoint(from: before, to: totals, wide: wide)
            if state.points.count < Self.capacity {
                state.points.append(point)
            } else {
                state.points[state.next] = point
                state.next = (state.next + 1) % Self.capacity
            }
        }
    }

    /// All points, oldest first.
    var points: [HistoryPoint] {
        state.withLock { Array($0.points[$0.next...] + $0.points[..<$0.next]) }
    }
}
