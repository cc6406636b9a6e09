/// How long the calls to a target take until their first content, by quantiles of the recent past.
///
/// Times are counted in buckets that are an eighth wider each, which bounds the error to that much; all counts are halved
/// now and then, so that the past fades.
package struct LatencyEstimate: Sendable {
    /// Calls that must have been seen before anything is said.
    package static let fewest = 20
    /// Calls after which the counts are halved.
    private static let most = 1000
    private static let bounds: [Int] = {
        var bounds = [1]
        while let last = bounds.last, last < 600_000 { bounds.append(max(last + 1, last * 9 / 8)) }
        return bounds
    }()

    private var counts: [Int] = []
    private var total = 0

    package init() {}

    package mutating func record(milliseconds: Int) {
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.bounds.count) }
        counts[Self.bounds.firstIndex { milliseconds <= $0 } ?? counts.count - 1] += 1
        total += 1
        guard total >= Self.most else { return }
        for place in counts.indices { counts[place] /= 2 }
        total = counts.reduce(0, +)
    }

    /// Milliseconds within which that share of calls had content; nil: too few were seen.
    package func quantile(_ share: Double) -> Int? {
        guard total >= Self.fewest else { return nil }
        let wanted = Int((Double(total) * share).rounded(.up))
        var sum = 0
        for (place, count) in counts.enumerated() {
            sum += count
            if sum >= wanted { return Self.bounds[place] }
        }
        return Self.bounds.last
    }
}
