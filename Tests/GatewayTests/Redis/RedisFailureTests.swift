import Foundation
import Testing
import Upstreams

@testable import Gateway

@Suite("Redis: failures")
struct RedisFailureTests {
    @Test("Nobody there: commands wait until the breaker opens, then fail at once")
    func nobody() throws {
        let link = RedisLink(RedisSettings(address: .unix(path: "/nonexistent/redis.sock")))
        #expect(link.call("PING") == .failure(.unavailable))
        guard case .unavailable(_, .connect) = link.client.state else {
            Issue.record("\(link.client.state)")
            return
        }
        var answers: [RedisError?] = []
        let turns = link.loop.turns
        for _ in 0..<1000 { link.client.send(RedisCommand("PING")) { answers.append($0.error) } }
        #expect(answers == Array(repeating: .unavailable, count: 1000))
        #expect(link.loop.turns == turns && link.changes == ["unavailable"])
    }

    @Test("A server that never takes the connection makes few commands wait")
    func silentAddress() throws {
        let (listener, address) = try Self.fullListener()
        defer { for socket in listener { socket.end() } }
        var settings = RedisSettings(address: address)
        settings.commandTimeout = 50
        settings.connectTimeout = 60_000
        let link = RedisLink(settings)
        var answers: [RedisError?] = []
        for _ in 0..<3 { link.client.send(RedisCommand("PING")) { answers.append($0.error) } }
        #expect(link.loop.turn { answers.count == 3 })
        #expect(answers == [.timeout, .timeout, .timeout])
        link.client.send(RedisCommand("PING")) { answers.append($0.error) }
        #expect(answers.last == .unavailable && link.changes == ["unavailable"])
    }

    /// A listener whose backlog is full, with what fills it, so that no further connection comes about.
    private static func fullListener() throws -> ([TestSocket], RedisAddress) {
        let listener = TestSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        try #require(TestAddress.port(0).bind(listener.descriptor) && listen(listener.descriptor, 0) == 0)
        let port = TestAddress.port(of: listener.descriptor)
        let clients = (0..<4).map { _ in
            let client = TestSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0))
            _ = TestAddress.port(port).connect(client.descriptor)
            return client
        }
        return ([listener] + clients, .tcp(host: "127.0.0.1", port: port))
    }

    @Test("A server that comes later is found")
    func late() throws {
        let server = try RedisServer()
        server.kill()
        let link = RedisLink(server)
        #expect(link.call("PING") == .failure(.unavailable))
        try server.start()
        #expect(link.becomesReady())
        #expect(link.call("PING") == .success(.bytes(Array("PONG".utf8))))
        #expect(link.changes == ["unavailable", "ready"])
    }

    @Test("A killed server fails what was sent, once each, and is used again after its restart")
    func restart() throws {
        let server = try RedisServer()
        let link = RedisLink(server)
        #expect(link.becomesReady())
        server.freeze(true)
        var answers: [RedisError?] = []
        for _ in 0..<100 { link.client.send(RedisCommand("PING")) { answers.append($0.error) } }
        link.loop.turn(for: 5)
        server.kill()
        #expect(link.loop.turn { answers.count == 100 })
        #expect(answers == Array(repeating: .connectionLost, count: 100))
        #expect(link.loop.turn { link.changes.last == "unavailable" })
        try server.start()
        #expect(link.becomesReady())
        #expect(link.call("PING") == .success(.bytes(Array("PONG".utf8))))
        #expect(link.changes == ["ready", "unavailable", "ready"])
    }

    @Test("A paused server: commands time out, then fail at once; served again after the pause")
    func pause() throws {
        let server = try RedisServer()
        let link = RedisLink(server) {
            $0.commandTimeout = 200
            $0.failureThreshold = 4
        }
        #expect(link.call("CLIENT", "PAUSE", "2000", "ALL") == .success(.bytes(Array("OK".utf8))))
        var answers: [RedisError?] = []
        for _ in 0..<10 { link.client.send(RedisCommand("GET", key: "a")) { answers.append($0.error) } }
        #expect(link.loop.turn { answers.count == 10 })
        // What waits when the threshold is met fails with it.
        #expect(answers.prefix(4) == [.timeout, .timeout, .timeout, .timeout])
        #expect(answers.allSatisfy { $0 == .timeout || $0 == .unavailable || $0 == .connectionLost })
        #expect(link.call("PING") == .failure(.unavailable))
        #expect(link.becomesReady())
        #expect(link.call("GET", key: "a") == .success(.null))
        #expect(link.changes == ["ready", "unavailable", "ready"])
    }

    @Test("Few late replies leave the connection as it is, and no reply goes to another command")
    func slow() throws {
        let server = try RedisServer()
        let link = RedisLink(server) { $0.commandTimeout = 1000 }
        let identifier = link.call("CLIENT", "ID")
        _ = link.call("SET", key: "a", "1")
        var answers: [Result<RedisValue, RedisError>] = []
        var sleep = RedisCommand("DEBUG")
        sleep.add("SLEEP")
        sleep.add("1.4")
        link.client.send(sleep) { answers.append($0.value) }
        #expect(link.loop.turn { answers == [.failure(.timeout)] })
        #expect(link.call("GET", key: "a") == .success(.bytes([0x31])))
        #expect(link.call("CLIENT", "ID") == identifier)
        #expect(answers.count == 1)
    }

    @Test("A connection on which nothing comes any more is given up after one timeout more")
    func silence() throws {
        let server = try RedisServer()
        let link = RedisLink(server) {
            $0.commandTimeout = 60
            $0.failureThreshold = 100
        }
        let identifier = link.call("CLIENT", "ID")
        server.freeze(true)
        #expect(link.call("PING") == .failure(.timeout))
        link.loop.turn(for: 200)
        server.freeze(false)
        #expect(link.loop.turn { link.call("CLIENT", "ID").failure == nil })
        #expect(link.call("CLIENT", "ID") != identifier)
    }

    @Test("A wrong password is told as such, and goes on being tried")
    func password() throws {
        let server = try RedisServer(arguments: ["--requirepass", "right"])
        for password in [nil, "wrong"] as [String?] {
            let link = RedisLink(server) { $0.password = password }
            #expect(link.call("PING") == .failure(.unavailable))
            guard case .unavailable(_, .noAuth) = link.client.state else {
                Issue.record("\(link.client.state)")
                continue
            }
        }
        let link = RedisLink(server) { $0.password = "right" }
        #expect(link.call("PING").failure == nil)
    }

    @Test("A replica is not taken for a master")
    func replica() throws {
        let server = try RedisServer()
        let link = RedisLink(server)
        #expect(link.call("REPLICAOF", "127.0.0.1", "1").failure == nil)
        #expect(link.call("SET", key: "a", "1") == .failure(.readOnly))
        #expect(link.loop.turn { link.changes.last == "unavailable" })
        guard case .unavailable(_, .readOnly) = link.client.state else {
            Issue.record("\(link.client.state)")
            return
        }
    }

    @Test("Closing calls each completion once, in every phase", arguments: ["new", "waiting", "sent", "inside"])
    func close(phase: String) throws {
        let server = try RedisServer()
        let link = RedisLink(server)
        var answers: [RedisError?] = []
        if phase == "sent" || phase == "inside" { link.becomesReady() }
        for index in 0..<10 {
            link.client.send(RedisCommand("PING")) { result in
                answers.append(result.error)
                if phase == "inside", index == 3 { link.client.close() }
            }
        }
        if phase == "waiting" { link.loop.turn(for: 1) }
        if phase == "inside" { #expect(link.loop.turn { answers.count == 10 }) }
        link.client.close()
        #expect(answers.count == 10)
        #expect(answers.count { $0 == .closed } == (phase == "inside" ? 6 : 10) || phase == "waiting")
        #expect(link.call("PING") == .failure(.closed))
        link.loop.turn(for: 20)
        #expect(answers.count == 10)
    }

    @Test("Connections that come and go leave no descriptor and little memory behind")
    func leaks() throws {
        let server = try RedisServer()
        let link = RedisLink(server)
        func round() {
            let client = RedisClient(link.client.settings, multi: link.multi, random: { 0 })
            var count = 0
            for _ in 0..<50 { client.send(RedisCommand("ECHO", key: "x")) { _ in count += 1 } }
            #expect(link.loop.turn { count == 50 })
            client.send(RedisCommand("PING")) { _ in count += 1 }
            client.close()
            #expect(count == 51)
        }
        for _ in 0..<50 { round() }
        link.loop.turn(for: 5)
        let before = (Self.descriptors, try Self.residentPages())
        for _ in 0..<200 { round() }
        #expect(link.loop.turn { Self.descriptors <= before.0 })
        #expect(try Self.residentPages() < before.1 + 500)
    }

    private static func residentPages() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return Int(text.split(separator: " ")[1]) ?? 0
    }

    static var descriptors: Int {
        (0..<1024).count { fcntl(Int32($0), F_GETFD) >= 0 }
    }
}
