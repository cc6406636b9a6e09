import Testing
import Upstreams

@testable import Gateway

/// What replicas of one loop keep of agents in one real Redis.
final class SharedAgentsBench {
    struct Replica {
        let conversations: RedisConversations
        let agents: RedisAgents
        let copies: ConversationStore
        fileprivate let client: RedisClient
    }

    let server: RedisServer
    let link: RedisLink
    var bounds = ConversationStore.Bounds(ttl: 100_000)
    private var made: [Replica] = []

    init() throws {
        server = try RedisServer()
        link = RedisLink(server)
        try #require(link.becomesReady())
    }

    deinit { for replica in made { replica.client.close() } }

    /// A further replica, whose copies are its own.
    func replica() -> Replica {
        var settings = RedisSettings(address: server.address)
        // Machines that test are slow at times.
        settings.commandTimeout = 2000
        settings.failureThreshold = 1
        let client = RedisClient(settings, multi: CurlMulti(reactor: link.loop), random: { 0.5 })
        let copies = ConversationStore()
        let replica = Replica(
            conversations: RedisConversations(client, prefix: "t:", copies: copies, reactor: link.loop),
            agents: RedisAgents(client, prefix: "t:", copies: AgentDirectory(), parser: JSONParser()),
            copies: copies, client: client)
        made.append(replica)
        return replica
    }

    func key(_ id: String = "x", owner: String = "ann") -> ConversationKey {
        ConversationKey(owner: owner, agent: "default", id: id)
    }

    /// What the callback of `begin` is given.
    func told<Answer>(_ begin: (@escaping (Answer) -> Void) -> Void) -> Answer? {
        var answer: Answer?
        begin { answer = $0 }
        #expect(link.loop.turn { answer != nil })
        return answer
    }

    func history(_ replica: Replica, _ key: ConversationKey? = nil) -> [String] {
        let found = told { replica.conversations.history(key ?? self.key(), bounds, $0) }
        return (found ?? []).map { String(decoding: $0, as: UTF8.self) }
    }

    func say(_ replica: Replica, _ messages: String..., to key: ConversationKey? = nil) {
        let turn = ConversationTurn(messages.map { Array($0.utf8) })
        let isTold: Bool? = told { done in
            replica.conversations.append(turn, to: key ?? self.key(), bounds) { done(true) }
        }
        #expect(isTold == true)
    }

    func reset(_ replica: Replica) { replica.conversations.reset(key(), bounds) }

    /// Until Redis knows all that the replica has to tell.
    func settles(_ replica: Replica) -> Bool {
        link.loop.turn { replica.copies.debtors(atMost: 1).isEmpty }
    }

    /// Ends the server; returns when a replica knows.
    func lose(_ replica: Replica) {
        server.kill()
        #expect(
            link.loop.turn {
                if case .unavailable = replica.client.state { return true }
                return false
            })
    }
}
