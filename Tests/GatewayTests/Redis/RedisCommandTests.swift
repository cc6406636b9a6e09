import Testing
import Upstreams

@testable import Gateway

@Suite("Redis: commands and replies")
struct RedisCommandTests {
    @Test("Each kind of reply arrives as what it is")
    func replies() throws {
        let link = RedisLink(try RedisServer())
        #expect(link.call("SET", key: "a", "1") == .success(.bytes(Array("OK".utf8))))
        #expect(link.call("GET", key: "a") == .success(.bytes([0x31])))
        #expect(link.call("GET", key: "b") == .success(.null))
        #expect(link.call("INCR", key: "a") == .success(.integer(2)))
        #expect(link.call("RPUSH", key: "l", "x", "y") == .success(.integer(2)))
        #expect(link.call("LRANGE", key: "l", "0", "-1") == .success(.array([.bytes([0x78]), .bytes([0x79])])))
        #expect(link.call("KEYS", "none*") == .success(.array([])))
        #expect(link.changes == ["ready"])
    }

    @Test("Arguments and replies carry any bytes, and large ones")
    func binary() throws {
        let link = RedisLink(try RedisServer())
        for bytes in [[], [0], Array(0...255), [UInt8](repeating: 0x0D, count: 3_000_000)] as [[UInt8]] {
            var set = RedisCommand("SET")
            set.addKey("k\r\n\0")
            set.add(bytes)
            #expect(link.call(set) == .success(.bytes(Array("OK".utf8))))
            #expect(link.call("GET", key: "k\r\n\0") == .success(.bytes(bytes)))
        }
    }

    @Test("The server's errors are told apart")
    func errors() throws {
        let link = RedisLink(try RedisServer())
        _ = link.call("SET", key: "a", "1")
        #expect(link.call("LPUSH", key: "a", "1") == .failure(.wrongType))
        #expect(link.call("EVALSHA", String(repeating: "0", count: 40), "0") == .failure(.noScript))
        #expect(link.call("NONSENSE").failure?.words.hasPrefix("ERR unknown command") == true)
        _ = link.call("MULTI")
        _ = link.call("LPUSH", key: "a", "1")
        #expect(link.call("EXEC") == .success(.array([.error(.wrongType)])))
        #expect(link.client.state == .ready)
    }

    @Test("A full server refuses writes, and says why also from inside of a script")
    func outOfMemory() throws {
        let link = RedisLink(try RedisServer(arguments: ["--maxmemory", "1", "--maxmemory-policy", "noeviction"]))
        #expect(link.call("SET", key: "a", "1") == .failure(.outOfMemory))
        let script = RedisScript("return redis.call('SET', KEYS[1], '1')")
        #expect(link.run(script, ["a"]) == .failure(.outOfMemory))
        #expect(link.call("GET", key: "a") == .success(.null))
        #expect(link.client.state == .ready)
    }

    @Test("Ten thousand commands of one turn are answered in order")
    func pipeline() throws {
        let link = RedisLink(try RedisServer())
        link.becomesReady()
        var answers: [Int] = []
        for _ in 0..<10_000 {
            link.client.send(RedisCommand("INCR", key: "n")) { result in answers.append(result.integer ?? 0) }
        }
        let turns = link.loop.turns
        #expect(link.loop.turn { answers.count == 10_000 })
        #expect(answers == Array(1...10_000))
        #expect(link.loop.turns - turns < 200)
    }

    @Test("Commands beyond the bound fail at once; the others are served")
    func bound() throws {
        let link = RedisLink(try RedisServer()) { $0.maxPending = 3 }
        var answers: [Result<RedisValue, RedisError>] = []
        for isConnected in [false, true] {
            if isConnected { link.becomesReady() }
            answers = []
            for _ in 0..<5 { link.client.send(RedisCommand("ECHO", key: "x")) { answers.append($0.value) } }
            #expect(answers == [.failure(.queueFull), .failure(.queueFull)])
            #expect(link.loop.turn { answers.count == 5 })
            #expect(answers.dropFirst(2).allSatisfy { $0 == .success(.bytes([0x78])) })
        }
    }

    @Test("A connection has the settings' database, name and user")
    func greeting() throws {
        let user = ["--user", "app", "on", ">s-cr%et", "allkeys", "allcommands"]
        let server = try RedisServer(arguments: user + ["--requirepass", "other"])
        let link = RedisLink(server) {
            $0.user = "app"
            $0.password = "s-cr%et"
            $0.database = 3
            $0.clientName = "tester"
        }
        let answer = try link.call("CLIENT", "INFO").get().string ?? ""
        #expect(answer.contains(" db=3 ") && answer.contains(" name=tester ") && answer.contains(" user=app "))
    }

    @Test("A script is sent by its digest, and as a whole to a server that has forgotten it")
    func scripts() throws {
        let link = RedisLink(try RedisServer())
        let script = RedisScript("return {KEYS[1], ARGV[1], tonumber(ARGV[2]) + 1}")
        let answer = Result<RedisValue, RedisError>.success(.array([.bytes([0x6B]), .bytes([0x76]), .integer(42)]))
        #expect(link.run(script, ["k"], ["v", "41"]) == answer)
        #expect(link.loop.turn { script.digest != nil })
        #expect(script.digest?.utf8.count == 40)
        #expect(link.run(script, ["k"], ["v", "41"]) == answer)
        #expect(try link.calls(of: "eval") == 1)
        #expect(try link.calls(of: "evalsha") == 1)
        _ = link.call("SCRIPT", "FLUSH")
        #expect(link.run(script, ["k"], ["v", "41"]) == answer)
        #expect(link.run(script, ["k"], ["v", "41"]) == answer)
        #expect(try link.calls(of: "eval") == 2)
        #expect(try link.calls(of: "evalsha") == 3)
    }

    @Test("A blocking read waits longer than other commands may, and can be interrupted")
    func blockingRead() throws {
        let server = try RedisServer()
        let link = RedisLink(server) { $0.commandTimeout = 200 }
        let reader = RedisClient(link.client.settings, multi: link.multi, random: { 0 })
        defer { reader.close() }
        var read = RedisCommand("XREAD")
        for word in ["BLOCK", "10000", "STREAMS"] { read.add(word) }
        read.addKey("s")
        read.add("$")
        read.blockMilliseconds = 10_000
        var answers: [Result<RedisValue, RedisError>] = []
        reader.send(read) { answers.append($0.value) }
        #expect(link.loop.turn { (try? link.call("CLIENT", "LIST", "TYPE", "normal").get().isBlocked) == true })
        link.loop.turn(for: 300)
        #expect(answers.isEmpty)
        _ = link.call("XADD", key: "s", "1-1", "data", "x")
        #expect(link.loop.turn { answers.count == 1 })
        #expect(try answers[0].get().elements.first?.elements.first?.string == "s")
        reader.send(read) { answers.append($0.value) }
        #expect(link.loop.turn { (try? link.call("CLIENT", "LIST", "TYPE", "normal").get().isBlocked) == true })
        var interrupted: [Bool] = []
        link.client.interrupt(reader, key: "s") { interrupted.append($0) }
        #expect(link.loop.turn { answers.count == 2 && interrupted == [true] })
        #expect(answers[1] == .success(.null))
    }
}

extension Result where Success == RedisValue, Failure == RedisError {
    var failure: RedisError? {
        if case .failure(let error) = self { error } else { nil }
    }
}

extension RedisError {
    /// The server's words of an error without a case of its own.
    var words: String {
        if case .other(let text) = self { text } else { "" }
    }
}

extension RedisValue {
    /// Whether a list of clients shows one that waits in a blocking command.
    var isBlocked: Bool {
        string?.split(separator: "\n").contains { $0.contains(" cmd=xread ") && $0.contains(" flags=b") } ?? false
    }
}

extension RedisLink {
    /// How often the server has run a command.
    func calls(of command: String) throws -> Int {
        let text = try call("INFO", "commandstats").get().string ?? ""
        let field = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(command):calls=") }
        return field.flatMap { Int($0.drop { $0 != "=" }.dropFirst().prefix { $0.isNumber }) } ?? 0
    }
}
