/// Bounds additional calls (repetitions, hedges) to a share of the requests of the last seconds, so that they never
/// become a storm. A few are allowed whatever the share, since a share of very few requests is none.
///
/// Counts in slices of a second; time is the caller's, in milliseconds, and never runs backwards by more than a slice.
package struct CallBudget: Sendable {
    private struct Slice {
        var number = -1
        var requests = 0
        var extra = 0
    }

    /// Seconds that are looked at.
    package static let window = 10

    private var slices = [Slice](repeating: Slice(), count: window)

    package init() {}

    /// The slice that a time falls into.
    package static func slice(_ now: Int) -> Int { now / 1000 }

    /// Counts requests that came in the slice.
    package mutating func add(requests: Int, slice: Int) {
        change(slice) { $0.requests += requests }
    }

    /// Takes one additional call, if there is one to take.
    ///
    /// - Parameters:
    ///   - share: of the window's requests.
    ///   - reserve: allowed in a window in any case.
    package mutating func take(share: Double, reserve: Int, now: Int) -> Bool {
        let slice = Self.slice(now)
        let recent = slices.filter { $0.number > slice - Self.window && $0.number <= slice }
        let extra = recent.reduce(0) { $0 + $1.extra }
        let allowed = Double(recent.reduce(0) { $0 + $1.requests }) * share
        guard extra < max(reserve, Int(allowed)) else { return false }
        change(slice) { $0.extra += 1 }
        return true
    }

    private mutating func change(_ number: Int, _ body: (inout Slice) -> Void) {
        let place = number % Self.window
        if slices[place].number < number { slices[place] = Slice(number: number) }
        body(&slices[place])
    }
}
