import Testing
import Upstreams

@testable import Gateway

/// Replicas of one loop that share a real Redis: each has a store, a desk and connections of its own.
final class ReplicaFixture {
    let loop = EventLoop()
    let multi: CurlMulti
    private let settings: RedisSettings
    private let lease: Int
    private var replicas: [Replica] = []

    final class Replica {
        let health = StoreHealth()
        let tickets = ResumeTable()
        let desk: LogDesk
        let replicas: ReplicaDesk
        private let link: Gateway.RedisLink
        private let loop: EventLoop

        fileprivate init(_ fixture: ReplicaFixture) {
            loop = fixture.loop
            link = Gateway.RedisLink(
                fixture.settings, lease: fixture.lease, curl: fixture.multi, health: health, worker: 0)
            desk = LogDesk(store: LogStore(maxBytes: 1 << 24), loop: loop)
            replicas = ReplicaDesk(link, desk, tickets: tickets, parser: JSONParser())
            desk.share(replicas)
        }

        /// What a request gets that asks with this key.
        func open(
            _ key: String, maxBytes: Int = 1 << 20, successor: LogSuccessor? = nil
        ) -> LogStore.Opening {
            let question = LogFixture.question(key)
            let claim = replicas.claim(question, isStream: true, waking: Wakeup())
            #expect(loop.turn { claim.answer != nil })
            return replicas.open(claim, question.terms, keep: 10_000, successor: successor) { [desk] id, isStream in
                desk.makeLog(
                    id: id, isStream: isStream ?? true, whenAbandoned: .cancel, terms: question.terms,
                    maxBytes: maxBytes)
            } ?? LogStore.Opening.none
        }

        /// The log that this replica is going to write.
        func begin(_ key: String, maxBytes: Int = 1 << 20) throws -> (log: SharedLog, writer: CompletionLog) {
            guard case .new(let log) = open(key, maxBytes: maxBytes) else { throw NotNew() }
            return (log, desk.write(log))
        }

        /// A reader of what another replica writes or wrote.
        func read(_ key: String, successor: LogSuccessor? = nil) throws -> LogCursor {
            switch open(key, successor: successor) {
            case .live(let log), .finished(let log, _): return desk.attach(log, waking: Wakeup())
            case .new, .none: throw NotShared()
            }
        }

        struct NotNew: Error {}
        struct NotShared: Error {}
    }

    init(_ settings: RedisSettings, lease: Int = 600) {
        var settings = settings
        // Machines that test are slow at times.
        settings.commandTimeout = 2000
        settings.prefix = "test:"
        self.settings = settings
        self.lease = lease
        multi = CurlMulti(reactor: loop)
    }

    convenience init(_ server: RedisServer, lease: Int = 600) {
        self.init(RedisSettings(address: server.address), lease: lease)
    }

    /// A further replica, which lives as long as this.
    func replica() -> Replica {
        let replica = Replica(self)
        replicas.append(replica)
        return replica
    }
}
