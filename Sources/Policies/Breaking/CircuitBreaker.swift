/// Keeps calls away from a target that fails, and finds out with single calls whether it is back.
///
/// States: `closed` → `open`, after failures in a row within the window → `probing`, by the first call after the open
/// time → `closed` if that call succeeds, else `open` again. Whatever else ends while the breaker is not closed began
/// before it opened and says nothing. Time is the caller's, in milliseconds.
package struct CircuitBreaker: Sendable {
    package enum State: Sendable, Equatable {
        /// Calls pass; the times of the failures since the last success.
        case closed(failures: [Int])
        /// No call passes until then.
        case open(until: Int)
        /// One call is on its way, all others are refused.
        case probing
    }

    package enum Verdict: Sendable, Equatable {
        case call
        /// The call whose end decides; exactly one of `succeeded`, `failed` and `abandoned` must follow.
        case probe
        /// Milliseconds after which it is worth asking again.
        case refused(retryAfter: Int)
    }

    package private(set) var state = State.closed(failures: [])
    /// When it opened; nil: it is closed. Failed probes leave it as it is.
    package private(set) var openedAt: Int?

    package init() {}

    /// Closed, and nothing has failed lately: a success changes nothing.
    package var isClean: Bool { state == .closed(failures: []) }

    /// Whether calls are kept away. After the open time one may try.
    package func isOpen(at now: Int) -> Bool {
        switch state {
        case .closed: false
        case .open(let until): now < until
        case .probing: true
        }
    }

    /// Failures since the last success that still count.
    package func failures(at now: Int, _ settings: BreakerSettings) -> Int {
        guard case .closed(let failures) = state else { return 0 }
        return failures.count { $0 > now - settings.window }
    }

    package mutating func admit(at now: Int, _ settings: BreakerSettings) -> Verdict {
        guard settings.failures > 0 else { return .call }
        switch state {
        case .closed:
            return .call
        case .open(let until) where now < until:
            return .refused(retryAfter: until - now)
        case .open:
            state = .probing
            return .probe
        case .probing:
            return .refused(retryAfter: settings.open)
        }
    }

    /// The target gave content, or refused the request as its own. A probe's first content closes the breaker on trial:
    /// the next failure opens it again, and only a whole answer makes it clean.
    package mutating func succeeded(wasProbe: Bool, isWhole: Bool, at now: Int, _ settings: BreakerSettings) {
        switch state {
        case .closed where isWhole: state = .closed(failures: [])
        case .probing where wasProbe:
            state = .closed(failures: isWhole ? [] : Array(repeating: now, count: max(0, settings.failures - 1)))
            openedAt = nil
        case .closed, .open, .probing: break
        }
    }

    package mutating func failed(wasProbe: Bool, at now: Int, _ settings: BreakerSettings) {
        guard settings.failures > 0 else { return }
        switch state {
        case .closed(var failures):
            failures.removeAll { $0 <= now - settings.window }
            failures.append(now)
            state = .closed(failures: failures)
            guard failures.count >= settings.failures else { return }
            state = .open(until: now + settings.open)
            openedAt = now
        case .probing where wasProbe:
            state = .open(until: now + settings.open)
        case .probing, .open:
            break
        }
    }

    /// The probe was given up before it told anything: another may follow at once.
    package mutating func abandoned(at now: Int) {
        if case .probing = state { state = .open(until: now) }
    }
}
