import Testing
import Upstreams

@testable import Gateway

@Suite("Redis: Sentinel")
struct RedisSentinelTests {
    /// A master, its replica, and three Sentinels that replace it within seconds.
    private struct Group {
        let servers: [RedisServer]
        let sentinels: [RedisServer]
        var settings: RedisSettings

        init() throws {
            let ports = RedisServer.freePorts(5)
            let follow = ["--replicaof", "127.0.0.1", String(ports[0]), "--repl-diskless-sync-delay", "0"]
            servers = [
                try RedisServer(port: ports[0], arguments: ["--repl-diskless-sync-delay", "0"]),
                try RedisServer(port: ports[1], arguments: follow),
            ]
            sentinels = try ports[2...].map { port in
                try RedisServer(
                    port: port,
                    sentinel: """
                        sentinel monitor main 127.0.0.1 \(ports[0]) 2
                        sentinel down-after-milliseconds main 1000
                        sentinel failover-timeout main 2000

                        """)
            }
            // The first one is nobody.
            let addresses = [RedisAddress.tcp(host: "127.0.0.1", port: 1)] + sentinels.map(\.address)
            settings = RedisSettings(address: servers[0].address)
            settings.sentinel = .init(addresses: addresses, master: "main")
            settings.commandTimeout = 1000
        }
    }

    @Test("The master is found, and its successor after it was killed under load")
    func failover() throws {
        let group = try Group()
        let link = RedisLink(group.settings, keeping: group.servers + group.sentinels)
        #expect(link.becomesReady())
        #expect(link.call("SET", key: "a", "1").failure == nil)
        // The Sentinels have to know of the replica and of each other before they can replace the master.
        let watch = RedisSentinelWatch(link, group.sentinels)
        #expect(link.loop.turn(tick: 20) { watch.isComplete })
        #expect(link.loop.turn { link.call("WAIT", "1", "100") == .success(.integer(1)) })

        var sent = 0
        var answered = 0
        var served = 0
        func load() {
            sent += 1
            link.client.send(RedisCommand("INCR", key: "n")) { result in
                answered += 1
                if result.error == nil { served += 1 }
            }
        }
        for _ in 0..<100 { load() }
        group.servers[0].kill()
        #expect(
            link.loop.turn(tick: 5) {
                load()
                return link.changes.last == "unavailable"
            })
        served = 0
        #expect(
            link.loop.turn(tick: 5) {
                load()
                return served > 10
            })
        #expect(link.loop.turn { answered == sent })
        #expect(link.call("GET", key: "a") == .success(.bytes([0x31])))
        #expect(link.call("ROLE").isMaster)
        #expect(link.changes == ["ready", "unavailable", "ready"])
    }

    @Test("A name that no Sentinel knows makes Redis unavailable")
    func unknown() throws {
        let port = RedisServer.freePorts(1)[0]
        let sentinel = try RedisServer(port: port, sentinel: "")
        var settings = RedisSettings(address: sentinel.address)
        settings.sentinel = .init(addresses: [sentinel.address], master: "nobody")
        let link = RedisLink(settings, keeping: [sentinel])
        #expect(
            link.loop.turn {
                link.client.start()
                if case .unavailable(_, .other("ERR no such master")) = link.client.state { return true }
                return false
            })
    }
}

/// Asks Sentinels whether they have seen each other and the replica.
private final class RedisSentinelWatch {
    private let clients: [RedisClient]
    private var complete: Set<Int> = []

    init(_ link: RedisLink, _ sentinels: [RedisServer]) {
        clients = sentinels.map { RedisClient(RedisSettings(address: $0.address), multi: link.multi, random: { 0 }) }
    }

    deinit { for client in clients { client.close() } }

    /// Whether all had at the last look; looks again.
    var isComplete: Bool {
        for (index, client) in clients.enumerated() where !complete.contains(index) {
            var command = RedisCommand("SENTINEL")
            command.add("MASTER")
            command.add("main")
            client.send(command) { [self] result in
                guard case .success(let value) = result.value else { return }
                let words = value.elements.compactMap(\.string)
                func number(_ name: String) -> Int {
                    words.firstIndex(of: name).flatMap { Int(words[$0 + 1]) } ?? 0
                }
                if number("num-slaves") == 1, number("num-other-sentinels") == 2 { complete.insert(index) }
            }
        }
        return complete.count == clients.count
    }
}

extension Result where Success == RedisValue, Failure == RedisError {
    fileprivate var isMaster: Bool { (try? get())?.elements.first?.string == "master" }
}
