package import Policies

/// How much may be used in how much time.
package struct RateLimitPolicyConfiguration: Sendable {
    package let subject: LimitSubject
    /// Per window; nil (default): no limit. At least one of the two is there.
    package let requests: Int?
    package let tokens: Int?
    /// Default 60,000.
    package let windowMs: Int
    /// Default sliding window.
    package let algorithm: RateSetting.Algorithm
    /// With GCRA, how much of the window's room may be used at once; nil (default): all.
    package let burstMs: Int?
    package let maxSubjects: Int
    /// Default local.
    package let onStoreFailure: StoreFailure

    package init(_ r: ConfigReader) {
        subject = r.limitSubject()
        requests = r.optional(
            "requests", .int(in: 1...1_000_000_000, unit: .count), example: .integer(600),
            doc: "Most requests in a window; without it any number.")
        tokens = r.optional(
            "tokens", .int(in: 1...1_000_000_000_000, unit: .tokens), example: .integer(200_000),
            doc: "Most tokens in a window, of prompts and answers; without it any number.")
        windowMs = r.milliseconds("window_ms", default: 60_000, doc: "The window.")
        algorithm = r.value(
            "algorithm", .choice(.slidingWindow), default: .slidingWindow,
            doc: "`sliding_window`: never more than the limit in any stretch of time as long as the window; `gcra`:"
                + " room comes back evenly.")
        burstMs = r.optional(
            "burst_ms", .int(in: 1...86_400_000, unit: .milliseconds), example: .integer(5000),
            doc: "With `gcra`: what comes back in this time may be used at once; without it the whole window's.")
        maxSubjects = r.maxSubjects()
        onStoreFailure = r.onStoreFailure()
        if requests == nil, tokens == nil { r.report("expected requests or tokens, or both") }
        if let burstMs, algorithm != .gcra || burstMs > windowMs {
            r.report("expected only with \"algorithm\": \"gcra\", and at most window_ms", at: "burst_ms")
        }
    }

    /// The rates that it asks for.
    package var settings: [RateSetting] {
        func setting(_ unit: RateSetting.Unit, _ limit: Int) -> RateSetting {
            RateSetting(
                unit, limit: limit, window: windowMs * 1_000_000, algorithm: algorithm,
                burst: burstMs.map { $0 * 1_000_000 })
        }
        return [requests.map { setting(.requests, $0) }, tokens.map { setting(.tokens, $0) }].compactMap { $0 }
    }
}
