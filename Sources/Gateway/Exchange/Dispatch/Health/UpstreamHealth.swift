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

    /// What a health check found.
    enum CheckState: Int, Sendable {
        case unchecked, up
        /// The provider does not answer: no call is made.
        case away
    }

    var checkState: CheckState {
        get { CheckState(rawValue: checked.load(ordering: .relaxed)) ?? .unchecked }
        set { checked.store(newValue.rawValue, ordering: .relaxed) }
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

    /// A reload may have brought another number of keys.
    private func fit(_ rotation: inout KeyRotation, _ count: Int) {
        if rotation.count != count { rotation = KeyRotation(count: count) }
    }
}
