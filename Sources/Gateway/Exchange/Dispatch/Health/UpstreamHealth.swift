import Policies
import Synchronization
import Upstreams

/// What all workers know of one upstream: its places, its repetitions, its keys. Outlives reloads.
final class UpstreamHealth: Sendable {
    let places = InFlight()
    let retries = SharedBudget()
    private let rotation = Mutex(KeyRotation(count: 1))
    private let turn = Atomic<Int>(0)
    /// Some key was told to rest, and may still.
    private let mayRest = Atomic<Bool>(false)
    private let checked = Atomic<Int>(CheckState.unchecked.rawValue)
    private let lastFindings = Mutex(CheckFindings())

    /// What a health check found.
    enum CheckState: Int, Sendable {
        case unchecked, up
        /// The provider does not answer: no call is made.
        case away
    }

    /// What health checks found, for operators.
    struct CheckFindings: Sendable {
        var state = CheckState.unchecked
        /// Since when: seconds since 1970.
        var since = 0
        /// Checks in a row that failed, and what was wrong with the last of them.
        var failures = 0
        var failure: String?
    }

    var checkState: CheckState { CheckState(rawValue: checked.load(ordering: .relaxed)) ?? .unchecked }

    /// What the last check found, and those before it.
    var findings: CheckFindings { lastFindings.withLock { $0 } }

    /// A health check found it so. `failure`: what is wrong, after `failures` in a row. `now`: seconds since 1970.
    func note(_ state: CheckState, failures: Int = 0, _ failure: String? = nil, at now: Int) {
        checked.store(state.rawValue, ordering: .relaxed)
        lastFindings.withLock { last in
            last = CheckFindings(
                state: state, since: last.state == state ? last.since : now, failures: failures, failure: failure)
        }
    }

    /// Whether no call is to be made.
    var isAway: Bool { checked.load(ordering: .relaxed) == CheckState.away.rawValue }

    /// The key to show next, of `count`. `now`: milliseconds.
    func pickKey(of count: Int, at now: Int) -> KeyRotation.Choice {
        guard mayRest.load(ordering: .relaxed) else {
            if count == 1 { return .key(0) }
            return .key(turn.add(1, ordering: .relaxed).oldValue % count)
        }
        return rotation.withLock { rotation in
            fit(&rotation, count)
            let choice = rotation.pick(at: now)
            if !rotation.isResting(at: now) { mayRest.store(false, ordering: .relaxed) }
            return choice
        }
    }

    /// Whether a key is there that does not rest.
    func hasKey(of count: Int, at now: Int) -> Bool {
        if case .key = pickKey(of: count, at: now) { true } else { false }
    }

    func rest(_ key: Int, of count: Int, milliseconds: Int, isAsked: Bool, at now: Int) {
        rotation.withLock { rotation in
            fit(&rotation, count)
            rotation.rest(key, milliseconds: milliseconds, isAsked: isAsked, at: now)
            mayRest.store(true, ordering: .relaxed)
        }
    }

    /// How long each of `count` keys rests; nil: it does not.
    func rests(of count: Int, at now: Int) -> [KeyRotation.Rest?] {
        rotation.withLock { rotation in
            (0..<count).map { rotation.count == count ? rotation.rest(of: $0, at: now) : nil }
        }
    }

    /// A reload may have brought another number of keys.
    private func fit(_ rotation: inout KeyRotation, _ count: Int) {
        if rotation.count != count { rotation = KeyRotation(count: count) }
    }
}
