import Testing
import Upstreams

@testable import Gateway

@Suite("Redis: Cluster")
struct RedisClusterTests {
    /// Three masters that share the slots.
    struct Cluster {
        let servers: [RedisServer]
        let links: [RedisLink]
        let link: RedisLink

        static let ends = [0..<5461, 5461..<10_923, 10_923..<16_384]

        init() throws {
            let ports = RedisServer.freePorts(3)
            servers = try ports.map { port in
                try RedisServer(
                    port: port,
                    arguments: [
                        "--cluster-enabled", "yes", "--cluster-node-timeout", "1000",
                        "--cluster-require-full-coverage", "no",
                    ])
            }
            links = servers.map { RedisLink($0) }
            for (link, slots) in zip(links, Self.ends) {
                try #require(link.becomesReady())
                let ends = (String(slots.lowerBound), String(slots.upperBound - 1))
                try #require(link.call("CLUSTER", "ADDSLOTSRANGE", ends.0, ends.1).failure == nil)
                try #require(link.call("CLUSTER", "MEET", "127.0.0.1", String(ports[0])).failure == nil)
            }
            for link in links {
                let agree = link.loop.turn(tick: 20) {
                    let info = try? link.call("CLUSTER", "INFO").get().string
                    return info?.contains("cluster_state:ok") == true && info?.contains("known_nodes:3") == true
                }
                try #require(agree)
            }
            link = RedisLink(servers[0]) { $0.isCluster = true }
        }

        /// The server that has a slot at the beginning.
        func owner(of slot: Int) -> Int { Self.ends.firstIndex { $0.contains(slot) } ?? 0 }

        func identifier(_ index: Int) throws -> String { try links[index].call("CLUSTER", "MYID").get().string ?? "" }
    }

    @Test("Keys go to their masters; keys with one hash tag are used together; slots move under load")
    func cluster() throws {
        let cluster = try Cluster()
        let link = cluster.link

        // Every key on its node, without a redirection.
        for index in 0..<60 { #expect(link.call("SET", key: "key:\(index)", "\(index)").failure == nil) }
        for index in 0..<60 {
            #expect(link.call("GET", key: "key:\(index)") == .success(.bytes(Array("\(index)".utf8))))
        }
        for link in cluster.links {
            #expect(try (link.call("DBSIZE").get().integer ?? 0) > 5)
            let errors = try link.call("INFO", "errorstats").get().string ?? ""
            #expect(!errors.contains("MOVED"))
        }
        #expect(link.client.state == .ready)

        // Several keys.
        let script = RedisScript("return redis.call('INCR', KEYS[1]) + redis.call('INCR', KEYS[2])")
        #expect(link.run(script, ["{team}:a", "{team}:b"]) == .success(.integer(2)))
        #expect(link.run(script, ["{team}:a", "{team}:b"]) == .success(.integer(4)))
        #expect(link.call("MGET", key: "a", "b") == .failure(.crossSlot))

        // A slot on its way: ASK for the key that has gone, none for the one that has not.
        let slot = RedisHashSlot.slot(of: "{team}:a")
        let from = cluster.owner(of: slot)
        let to = (from + 1) % 3
        let (source, target) = (cluster.links[from], cluster.links[to])
        let ids = try (cluster.identifier(from), cluster.identifier(to))
        guard case .tcp(let host, let port) = cluster.servers[to].address else { return }
        #expect(target.call("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", ids.0).failure == nil)
        #expect(source.call("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", ids.1).failure == nil)
        #expect(source.call("MIGRATE", host, "\(port)", "{team}:a", "0", "1000").failure == nil)
        #expect(link.call("GET", key: "{team}:a") == .success(.bytes([0x32])))
        #expect(link.call("GET", key: "{team}:b") == .success(.bytes([0x32])))
        // Keys on both sides: the command is tried again until the move is over.
        var both: Result<RedisValue, RedisError>?
        var get = RedisCommand("MGET", key: "{team}:a")
        get.addKey("{team}:b")
        link.client.send(get) { both = $0.value }
        link.loop.turn(for: 15)
        #expect(both == nil)
        #expect(source.call("MIGRATE", host, "\(port)", "{team}:b", "0", "1000").failure == nil)
        for node in [target, source] {
            #expect(node.call("CLUSTER", "SETSLOT", "\(slot)", "NODE", ids.1).failure == nil)
        }
        #expect(link.loop.turn { both != nil })
        #expect(both == .success(.array([.bytes([0x32]), .bytes([0x32])])))

        // The map is corrected by MOVED, once.
        for _ in 0..<20 { #expect(link.call("INCR", key: "{team}:a").failure == nil) }
        let errors = try source.call("INFO", "errorstats").get().string ?? ""
        let moved = errors.split(whereSeparator: \.isNewline).first { $0.contains("MOVED") }
        #expect(moved == nil || moved?.hasSuffix("count=1") == true)

        // A dead node takes its own keys with it, and no others.
        let dead = cluster.owner(of: RedisHashSlot.slot(of: "key:1"))
        let alive = (0..<60).first { cluster.owner(of: RedisHashSlot.slot(of: "key:\($0)")) != dead } ?? 0
        cluster.servers[dead].kill()
        #expect(link.call("GET", key: "key:1").failure != nil)
        #expect(link.call("GET", key: "key:\(alive)").failure == nil)
        try cluster.servers[dead].start()
        #expect(link.loop.turn(tick: 20) { link.call("GET", key: "key:1").failure == nil })
    }
}
