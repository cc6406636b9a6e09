/// The rates that a request is under, as response headers tell them: of each unit the tightest.
package struct RateFigures: Hashable, Sendable {
    package struct Figure: Hashable, Sendable {
        package let limit: Int
        package let remaining: Int
        /// Nanoseconds until all is free again.
        package let reset: Int

        /// Less remains, or as much for longer.
        func isTighter(than other: Figure) -> Bool {
            (remaining, -reset) < (other.remaining, -other.reset)
        }
    }

    package private(set) var requests: Figure?
    package private(set) var tokens: Figure?

    package init() {}

    package var isEmpty: Bool { requests == nil && tokens == nil }

    mutating func note(_ unit: RateSetting.Unit, _ figure: Figure) {
        switch unit {
        case .requests: requests = Self.tighter(requests, figure)
        case .tokens: tokens = Self.tighter(tokens, figure)
        }
    }

    private static func tighter(_ known: Figure?, _ new: Figure) -> Figure {
        guard let known, !new.isTighter(than: known) else { return new }
        return known
    }
}
