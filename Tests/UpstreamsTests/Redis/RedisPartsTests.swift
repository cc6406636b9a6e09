import Testing

@testable import Upstreams

@Suite("Redis: parts")
struct RedisPartsTests {
    @Test(
        "Slots are those of the specification",
        arguments: [
            ("123456789", 12_739), ("foo", 12_182), ("bar", 5061), ("", 0), ("{user1000}.following", 3443),
            ("{user1000}.followers", 3443), ("user1000", 3443), ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015),
            ("foo{bar}{zap}", 5061), ("foo{bar", 15_278),
        ])
    func slots(_ key: String, _ slot: Int) { #expect(RedisHashSlot.slot(of: key) == slot) }

    @Test("The first key tells the slot, whatever stands before it")
    func commandSlot() {
        var command = RedisCommand("EVAL")
        command.add("return {foo}")
        #expect(command.slot == nil)
        command.addKey("{foo}:1")
        command.addKey("bar")
        #expect(command.slot == 12_182 && command.arguments.count == 4)
    }

    @Test(
        "Errors are told apart by the code that they begin with",
        arguments: [
            ("NOSCRIPT No matching script.", .noScript), ("OOM command not allowed", .outOfMemory),
            ("READONLY You can't write", .readOnly), ("LOADING Redis is loading", .loading),
            ("BUSY Redis is busy", .busy), ("BUSYGROUP Consumer Group name already exists", nil),
            ("WRONGTYPE Operation", .wrongType), ("NOAUTH Authentication required.", .noAuth),
            ("WRONGPASS invalid", .noAuth), ("NOPERM User x", .noAuth), ("MASTERDOWN Link", .masterDown),
            ("CLUSTERDOWN Hash slot not served", .clusterDown), ("CROSSSLOT Keys", .crossSlot),
            ("TRYAGAIN Multiple keys", .tryAgain),
            (
                "MOVED 3999 127.0.0.1:6381",
                .moved(slot: 3999, host: "127.0.0.1", port: 6381)
            ),
            ("ASK 1 ::1:6381", .ask(slot: 1, host: "::1", port: 6381)),
            ("MOVED 1 :6381", .moved(slot: 1, host: "", port: 6381)), ("MOVED 16384 a:1", nil), ("MOVED", nil),
            ("ERR unknown", nil), ("", nil),
        ] as [(String, RedisError?)])
    func errors(_ text: String, _ error: RedisError?) { #expect(RedisError(reply: text) == error ?? .other(text)) }

    @Test("Pauses double up to a bound and spread by half")
    func backoff() {
        var backoff = RedisBackoff(.init(first: 20, longest: 100))
        #expect((0..<5).map { _ in backoff.pause(random: 0) } == [10, 20, 40, 50, 50])
        backoff.reset()
        #expect((0..<3).map { _ in backoff.pause(random: 0.999_999) } == [20, 40, 80])
    }

    @Test("The breaker opens at its threshold, and a probe without a served command leaves it on the edge")
    func breaker() {
        let now = MonotonicTime(nanoseconds: 5)
        var breaker = RedisBreaker(threshold: 3)
        #expect(!breaker.fail(at: now) && !breaker.fail(at: now))
        breaker.succeed()
        #expect(!breaker.fail(at: now) && !breaker.fail(at: now) && breaker.fail(at: now))
        #expect(breaker.openSince == now && !breaker.fail(at: now))
        breaker.recover()
        #expect(!breaker.isOpen && breaker.fail(at: now))
        breaker.recover()
        breaker.succeed()
        #expect(!breaker.fail(at: now) && !breaker.isOpen)
    }

    @Test("A queue keeps order and count over many thousands")
    func queue() {
        var queue = RequestQueue<Int>()
        var next = 0
        var expected = 0
        for round in 1..<200 {
            for _ in 0..<round * 3 % 101 {
                queue.append(next)
                next += 1
            }
            for _ in 0..<round * 7 % 89 {
                guard let element = queue.popFirst() else { break }
                #expect(element == expected)
                expected += 1
            }
            #expect(queue.count == next - expected)
        }
        queue.updateEach { $0 += 1 }
        #expect(queue.takeAll() == Array(expected + 1..<next + 1) && queue.isEmpty && queue.popFirst() == nil)
    }

    private static func range(_ first: Int, _ last: Int, _ nodes: (String, Int)...) -> RedisValue {
        .array(
            [.integer(first), .integer(last)]
                + nodes.map { .array([.bytes(Array($0.0.utf8)), .integer($0.1), .bytes([0x69])]) })
    }

    @Test("The map of slots knows masters, replicas and nodes that do not tell their host")
    func slotMap() throws {
        let asked = RedisAddress.tcp(host: "seed", port: 7000)
        let reply = RedisValue.array([
            Self.range(0, 99, ("a", 1), ("r", 2)), Self.range(200, 16_383, ("", 3)), Self.range(100, 149, ("a", 1)),
        ])
        var map = try #require(RedisSlotMap(reply, asked: asked))
        let (a, own) = (RedisAddress.tcp(host: "a", port: 1), RedisAddress.tcp(host: "seed", port: 3))
        #expect(map.masters == [a, own] && map.replicas == [.tcp(host: "r", port: 2)])
        #expect([0, 99, 100, 149, 150, 200, 16_383].map(map.master(of:)) == [a, a, a, a, nil, own, own])
        map.move(150, to: .tcp(host: "new", port: 9))
        #expect(map.master(of: 150) == .tcp(host: "new", port: 9) && map.masters.count == 3)
    }

    @Test(
        "What is no map is refused",
        arguments: [
            .null, .array([.null]), .array([range(0, 16_384, ("a", 1))]), .array([range(5, 4, ("a", 1))]),
            .array([range(-1, 4, ("a", 1))]), .array([range(0, 4)]),
            .array([.array([.integer(0), .integer(1), .null])]),
        ] as [RedisValue])
    func noSlotMap(_ reply: RedisValue) {
        #expect(RedisSlotMap(reply, asked: .unix(path: "/x")) == nil)
    }
}
