import Upstreams

/// One worker's way to the Redis that replicas share: a client for commands and, once somebody follows a stream, one for
/// commands that block.
///
/// Belongs to the worker's loop and lives as long as the worker; a change of the store takes effect at the next start.
/// Every command carries its own way of failing: who uses the link decides what a failure means.
final class RedisLink {
    /// What the names of all keys begin with.
    let prefix: String
    let client: RedisClient
    private let settings: RedisSettings
    private let curl: CurlMulti
    let health: StoreHealth
    /// Milliseconds for which a writer that is not heard of is believed to live.
    let lease: Int
    private let worker: Int

    /// Nil: the store is not Redis.
    convenience init?(_ store: StoreConfiguration, curl: CurlMulti, health: StoreHealth, worker: Int) {
        guard case .redis(let configuration) = store else { return nil }
        self.init(
            configuration.settings(name: "sluice"), lease: configuration.leaseMs, curl: curl, health: health,
            worker: worker)
    }

    init(_ settings: RedisSettings, lease: Int, curl: CurlMulti, health: StoreHealth, worker: Int) {
        self.settings = settings
        prefix = settings.prefix
        self.lease = lease
        self.curl = curl
        self.health = health
        self.worker = worker
        client = RedisClient(settings, multi: curl, random: { .random(in: 0..<1) }) { server, state in
            health.note(server, state, worker: worker)
        }
        client.start()
    }

    /// A client whose commands may block, for one user alone.
    func makeBlockingClient() -> RedisClient {
        RedisClient(settings, multi: curl, random: { .random(in: 0..<1) })
    }

    /// The name of a key, with the prefix in front.
    func key(_ name: String) -> String { prefix + name }
}
