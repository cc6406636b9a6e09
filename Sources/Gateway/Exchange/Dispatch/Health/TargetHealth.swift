import Policies
import Synchronization

/// What all workers know of one model at one upstream: whether it answers, how fast, and how many calls are on their way.
///
/// Outlives reloads. A call to a target that is well takes no lock. Times are milliseconds of the machine's monotonic
/// clock.
final class TargetHealth: Sendable {
    private let breaker = Mutex(CircuitBreaker())
    /// Nothing has failed lately, and nobody asks to leave the target alone.
    private let isClean = Atomic<Bool>(true)
    /// Until when the target is to be left alone, since somebody else finds out whether it is back; 0: it is not.
    private let rest = Atomic<Int>(0)
    private let calls = Atomic<Int>(0)
    private let speed = Mutex(Speed())

    private struct Speed {
        var mean = PeakEWMA()
        var estimate = LatencyEstimate()
    }

    /// As a metric has it.
    enum BreakerState: Int, Sendable {
        case closed, probing, open
    }

    // MARK: Breaker

    func admit(at now: Int, _ settings: BreakerSettings) -> CircuitBreaker.Verdict {
        if isClean.load(ordering: .relaxed) { return .call }
        let rest = rest.load(ordering: .relaxed)
        if rest > now, settings.failures > 0 { return .refused(retryAfter: rest - now) }
        return breaker.withLock { $0.admit(at: now, settings) }
    }

    func succeeded(wasProbe: Bool, isWhole: Bool, at now: Int, _ settings: BreakerSettings) {
        if isClean.load(ordering: .relaxed) { return }
        change { $0.succeeded(wasProbe: wasProbe, isWhole: isWhole, at: now, settings) }
    }

    func failed(wasProbe: Bool, at now: Int, _ settings: BreakerSettings) {
        change { $0.failed(wasProbe: wasProbe, at: now, settings) }
    }

    func abandonedProbe(at now: Int) { change { $0.abandoned(at: now) } }

    private func change(_ body: (inout CircuitBreaker) -> Void) {
        breaker.withLock { breaker in
            body(&breaker)
            isClean.store(breaker.isClean && rest.load(ordering: .relaxed) == 0, ordering: .relaxed)
        }
    }

    func isOpen(at now: Int) -> Bool {
        guard !isClean.load(ordering: .relaxed) else { return false }
        return rest.load(ordering: .relaxed) > now || breaker.withLock { $0.isOpen(at: now) }
    }

    /// The breaker is not closed: this process keeps calls away.
    var isBroken: Bool {
        if isClean.load(ordering: .relaxed) { return false }
        return breaker.withLock { breaker in if case .closed = breaker.state { false } else { true } }
    }

    /// Somebody else probes the target; no call is made before `end`, unless `letGo` comes first.
    func leaveAlone(until end: Int) {
        rest.store(end, ordering: .relaxed)
        isClean.store(false, ordering: .relaxed)
    }

    /// Nobody else probes the target any more.
    func letGo() {
        guard rest.exchange(0, ordering: .relaxed) != 0 else { return }
        change { _ in }
    }

    var state: BreakerState {
        guard rest.load(ordering: .relaxed) == 0 else { return .open }
        return breaker.withLock { breaker in
            switch breaker.state {
            case .closed: .closed
            case .probing: .probing
            case .open: .open
            }
        }
    }

    /// For operators; `settings` of the upstream.
    func condition(at now: Int, _ settings: BreakerSettings) -> TargetCondition {
        let rest = rest.load(ordering: .relaxed)
        var condition = TargetCondition(inFlight: inFlight, latency: speed.withLock { $0.mean.known(at: now) })
        guard settings.failures > 0 else { return condition }
        breaker.withLock { breaker in
            condition.failures = breaker.failures(at: now, settings)
            condition.openedAt = breaker.openedAt
            switch breaker.state {
            case .closed: condition.breaker = .closed
            case .open(let until) where now < until: (condition.breaker, condition.openUntil) = (.open, until)
            case .open, .probing: condition.breaker = .halfOpen
            }
        }
        if rest > now {
            (condition.breaker, condition.openUntil) = (.open, max(rest, condition.openUntil ?? rest))
            condition.isProbedElsewhere = true
        }
        return condition
    }

    // MARK: Load and speed

    /// Calls on their way.
    var inFlight: Int { calls.load(ordering: .relaxed) }

    func began() { calls.add(1, ordering: .relaxed) }

    func ended() { calls.subtract(1, ordering: .relaxed) }

    /// A call had its first content, or gave up waiting for it, after so long.
    func answered(after milliseconds: Int, at now: Int) {
        speed.withLock { speed in
            speed.mean.record(Double(milliseconds), at: now)
            speed.estimate.record(milliseconds: milliseconds)
        }
    }

    /// Peak-sensitive mean of the time to the first content, in milliseconds.
    func latency(at now: Int) -> Double { speed.withLock { $0.mean.value(at: now) } }

    /// Milliseconds after which a second target is asked.
    func hedgeDelay(_ settings: HedgeSettings) -> Int? { speed.withLock { settings.delay($0.estimate) } }
}
