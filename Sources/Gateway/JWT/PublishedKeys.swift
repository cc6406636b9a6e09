import Synchronization

/// A fetched set of keys as all workers see it: the last good one, and a way to ask for a newer one.
///
/// Workers look at `version` for each request and take the lock only when it has changed, or for a token whose key
/// nobody knows. Written by the set's fetcher alone.
final class PublishedKeys: Sendable {
    /// What a worker is told that met an unknown key.
    enum Asked {
        /// The set is being fetched: worth coming back.
        case underWay
        /// It was asked for too short a while ago.
        case notNow
    }

    private struct State {
        var set: JWKSet?
        /// When a worker last asked, in seconds since 1970.
        var askedAt = -PublishedKeys.secondsBetweenAsking
        var isUnderWay = false
    }

    let location: JWKSLocation
    private let state = Mutex(State())
    private let published = Atomic<Int>(0)
    private let fetcher: Mailbox<JWKSLocation>?

    /// An unknown key leads to a fetch at most this often, whatever tokens strangers make up.
    static let secondsBetweenAsking = 10

    /// `fetcher` is told when a newer set is wanted; nil: nobody is.
    init(_ location: JWKSLocation, fetcher: Mailbox<JWKSLocation>? = nil) {
        self.location = location
        self.fetcher = fetcher
    }

    /// Grows with each set.
    var version: Int { published.load(ordering: .acquiring) }

    /// Nil until the first set is there.
    var set: JWKSet? { state.withLock { $0.set } }

    /// Asks for a newer set on behalf of a token whose key is unknown. `now`: seconds since 1970.
    func askForNewer(now: Int) -> Asked {
        let (answer, isNew): (Asked, Bool) = state.withLock { state in
            if state.isUnderWay { return (.underWay, false) }
            guard abs(now - state.askedAt) >= Self.secondsBetweenAsking else { return (.notNow, false) }
            state.askedAt = now
            state.isUnderWay = true
            return (.underWay, true)
        }
        if isNew { fetcher?.post(location) }
        return answer
    }

    // MARK: For the fetcher

    func publish(_ set: JWKSet) {
        state.withLock { state in
            state.set = set
            state.isUnderWay = false
        }
        published.add(1, ordering: .releasing)
    }

    /// A fetch has brought nothing new.
    func keep() { state.withLock { $0.isUnderWay = false } }
}
