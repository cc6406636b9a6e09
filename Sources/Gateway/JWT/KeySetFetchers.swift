import Logging
import Upstreams

/// The fetchers of all sets of keys that the configuration names, on the supervisor's loop.
///
/// Owns a libcurl handle of its own, so that no worker ever waits for a set of keys.
final class KeySetFetchers {
    private let loop: EventLoop
    private lazy var curl = CurlMulti(reactor: loop, connections: 4)
    private var mailbox: Mailbox<JWKSLocation>?
    private var published: [JWKSLocation: PublishedKeys] = [:]
    private var fetchers: [JWKSLocation: KeySetFetcher] = [:]

    init(loop: EventLoop) {
        self.loop = loop
        mailbox = Mailbox<JWKSLocation>(loop: loop) { [unowned self] location in fetchers[location]?.fetch() }
    }

    /// What workers look at; the same object for the same place, over reloads too. Nothing is fetched yet.
    func keys(of location: JWKSLocation) -> PublishedKeys {
        if let known = published[location] { return known }
        let fresh = PublishedKeys(location, fetcher: mailbox)
        published[location] = fresh
        return fresh
    }

    /// Fetches for `generation`, and no longer what it does not name.
    func serve(_ generation: Generation, logger: Logger) {
        published = generation.keySets
        for (location, fetcher) in fetchers where published[location] !== fetcher.published {
            fetcher.stop()
            fetchers[location] = nil
        }
        for (location, keys) in published where fetchers[location] == nil {
            let fetcher = KeySetFetcher(keys, loop: loop, curl: curl, logger: logger)
            fetchers[location] = fetcher
            fetcher.fetch()
        }
    }
}
