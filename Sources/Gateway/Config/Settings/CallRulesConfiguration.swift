package import Policies

/// How calls to a provider are repeated, held back and queued (docs/routing.md).
package struct CallRulesConfiguration: Sendable {
    /// Repetitions on the same target.
    package let retry: RetryRule
    /// The share of the requests of the last ten seconds that repetitions may add. Default 0.2.
    package let retryBudget: Double
    package let breaker: BreakerSettings
    /// Milliseconds for which a key is passed over after a refusal that names no time; 0: not at all, whatever the
    /// refusal names. Default 1,000.
    package let cooldownMs: Int
    /// Calls at one time; further ones wait. The default depends on the kind.
    package let maxInFlight: Int
    /// Requests that wait for a place at one time; further ones are refused. Default 1,000.
    package let maxQueued: Int
    /// Milliseconds that a request waits at most. Default 10,000.
    package let queueTimeoutMs: Int

    init(_ r: ConfigReader, maxInFlight most: Int = 1000) {
        (retry, retryBudget) = r.section(
            "retry", doc: "Calls that are repeated on the same target, before anything was told to the client.",
            Self.retry)
        (breaker, cooldownMs) = r.section(
            "breaker", doc: "When a target of this upstream is left alone. Shared by all workers.", Self.breaker)
        maxInFlight = r.int(
            "max_in_flight", default: most, in: 1...1_000_000,
            doc: "Calls at one time; further ones go to the next target, or wait.")
        maxQueued = r.int(
            "max_queued", default: 1000, in: 0...1_000_000,
            doc: "Requests that wait for a place at one time; further ones are refused.")
        queueTimeoutMs = r.milliseconds(
            "queue_timeout_ms", default: 10_000, doc: "How long a request waits for a place.")
    }

    /// For upstreams that are no provider: nothing is repeated, held back or queued.
    static let local = CallRulesConfiguration()

    private init() {
        retry = RetryRule(attempts: 1)
        retryBudget = 0
        breaker = BreakerSettings(failures: 0)
        cooldownMs = 0
        maxInFlight = .max
        maxQueued = 0
        queueTimeoutMs = 1
    }

    private static func retry(_ r: ConfigReader) -> (RetryRule, Double) {
        let attempts = r.int("attempts", default: 2, in: 1...10, doc: "Calls of one request to one target at most.")
        let backoff = Backoff(
            first: r.milliseconds(
                "backoff_ms", default: 250, in: 0...600_000, doc: "Wait before the first repetition."),
            factor: r.value(
                "factor", .double(in: 1...10, unit: .count), default: 2, doc: "How much longer each further wait is."),
            longest: r.milliseconds(
                "max_backoff_ms", default: 8000, in: 0...600_000,
                doc: "Longest wait. Where a provider asks for more, the next target is asked."),
            jitter: r.value(
                "jitter", .double(in: 0...1, unit: .count), default: 0.2,
                doc: "Share of a wait by which it may be longer or shorter."))
        let budget = r.value(
            "budget", .double(in: 0...1, unit: .count), default: 0.2,
            doc: "Share of the requests of the last ten seconds that repetitions may add; ten are always allowed.")
        return (RetryRule(attempts: attempts, backoff: backoff), budget)
    }

    private static func breaker(_ r: ConfigReader) -> (BreakerSettings, Int) {
        let settings = BreakerSettings(
            failures: r.int(
                "failures", default: 5, in: 0...10_000, doc: "Failures in a row that open it; 0: it never opens."),
            window: r.milliseconds("window_ms", default: 30_000, doc: "Time within which they must have come."),
            open: r.milliseconds(
                "open_ms", default: 3000, doc: "Time until a single call finds out whether the target is back."))
        let cooldown = r.milliseconds(
            "cooldown_ms", default: 1000, in: 0...3_600_000,
            doc:
                "Time for which a key is passed over after a refusal (401, 402, 403, 429) that names none; 0: no key ever"
                + " rests.")
        return (settings, cooldown)
    }
}
