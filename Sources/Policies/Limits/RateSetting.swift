/// How much may be used in how much time.
package struct RateSetting: Hashable, Sendable {
    package enum Unit: String, Sendable {
        case requests, tokens
    }

    package enum Algorithm: String, CaseIterable, Sendable {
        /// In no stretch of time as long as the window is more than the limit used.
        case slidingWindow = "sliding_window"
        /// The generic cell rate algorithm (ITU-T I.371): room comes back evenly, all the time.
        case gcra
    }

    package let unit: Unit
    /// Above 0.
    package let limit: Int
    /// Nanoseconds, above 0.
    package let window: Int
    package let algorithm: Algorithm
    /// What may be used at once: with the sliding window the limit, with GCRA what comes back in the burst time.
    package let capacity: Int

    /// `burst`: nanoseconds, at most the window; only GCRA looks at it.
    package init(_ unit: Unit, limit: Int, window: Int, algorithm: Algorithm = .slidingWindow, burst: Int? = nil) {
        precondition(limit > 0 && window > 0, "a rate of nothing")
        self.unit = unit
        self.limit = limit
        self.window = window
        self.algorithm = algorithm
        guard algorithm == .gcra, let burst else {
            capacity = limit
            return
        }
        capacity = max(1, Int(Int128(limit) * Int128(burst) / Int128(window)))
    }

    /// Like `setting`, with other numbers.
    init(_ setting: RateSetting, limit: Int, capacity: Int) {
        unit = setting.unit
        window = setting.window
        algorithm = setting.algorithm
        self.limit = limit
        self.capacity = capacity
    }
}
