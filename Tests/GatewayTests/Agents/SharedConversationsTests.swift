import Policies
import Testing
import Upstreams

@testable import Gateway

/// Conversations that replicas share, on a real server.
@Suite("Conversations that replicas share")
struct SharedConversationsTests {
    @Test func `what is said at one replica is known at all, to its owner`() throws {
        let bench = try SharedAgentsBench()
        let (one, other) = (bench.replica(), bench.replica())
        bench.say(one, "q1", "a1")
        bench.say(other, "q2", "call", "result", "a2")
        #expect(bench.history(one) == ["q1", "a1", "q2", "call", "result", "a2"])
        #expect(bench.history(other) == bench.history(one))
        #expect(bench.history(one, bench.key(owner: "bob")).isEmpty)
        #expect(bench.history(one, bench.key("y")).isEmpty)
        bench.reset(other)
        #expect(bench.settles(other))
        #expect(bench.history(one).isEmpty)
        bench.say(one, "q3", "a3")
        #expect(bench.history(other) == ["q3", "a3"])
    }

    @Test func `turns that come at one time stay whole`() throws {
        let bench = try SharedAgentsBench()
        let replicas = (0..<4).map { _ in bench.replica() }
        var waiting = 40
        for number in 0..<40 {
            let turn = ConversationTurn(["q\(number)", "a\(number)"].map { Array($0.utf8) })
            replicas[number % 4].conversations.append(turn, to: bench.key(), bench.bounds) { waiting -= 1 }
        }
        #expect(bench.link.loop.turn { waiting == 0 })
        let found = bench.history(bench.replica())
        let questions = stride(from: 0, to: found.count, by: 2).map { found[$0] }
        #expect(Set(questions) == Set((0..<40).map { "q\($0)" }))
        #expect(found == questions.flatMap { [$0, "a" + $0.dropFirst()] })
    }

    @Test func `Redis keeps what the memory of a process keeps`() throws {
        let bench = try SharedAgentsBench()
        bench.bounds.bytesEach = 60
        bench.bounds.turnsEach = 5
        let local = LocalConversations(ConversationStore(), clock: bench.link.loop)
        let writers = [bench.replica(), bench.replica()]
        var random = SplitMix64(seed: 7)
        var lengths: Set<Int> = []
        for step in 0..<150 {
            let writer = writers[Int.random(in: 0..<2, using: &random)]
            if Int.random(in: 0..<20, using: &random) == 0 {
                bench.reset(writer)
                local.reset(bench.key(), bench.bounds)
            } else {
                let count = Int.random(in: 1...3, using: &random)
                let messages = (0..<count).map { _ in
                    [UInt8](repeating: 0x61 + UInt8(step % 26), count: .random(in: 1...24, using: &random))
                }
                let turn = ConversationTurn(messages)
                let isTold: Bool? = bench.told { done in
                    writer.conversations.append(turn, to: bench.key(), bench.bounds) { done(true) }
                }
                #expect(isTold == true)
                local.append(turn, to: bench.key(), bench.bounds) {}
            }
            #expect(bench.settles(writer))
            var kept: [[UInt8]] = []
            local.history(bench.key(), bench.bounds) { kept = $0 }
            #expect(bench.history(writers[step % 2]) == kept.map { String(decoding: $0, as: UTF8.self) })
            lengths.insert(kept.count)
        }
        #expect(lengths.count > 4 && lengths.contains(0))
    }

    @Test func `a conversation goes after its time without a word`() throws {
        let bench = try SharedAgentsBench()
        let (one, other) = (bench.replica(), bench.replica())
        bench.say(one, "q1", "a1")
        let name = "t:conversation:{\(bench.key().digest.hexadecimal)}"
        #expect((90_000...100_000).contains(try bench.link.call("PTTL", key: name).get().integer ?? 0))
        #expect(bench.history(other) == ["q1", "a1"])
        bench.bounds.ttl = 30
        bench.say(other, "q2", "a2")
        #expect(bench.link.loop.turn { bench.history(one).isEmpty })
        #expect(try bench.link.call("EXISTS", key: name).get().integer == 0)
    }

    @Test func `what is told twice is done once`() throws {
        let bench = try SharedAgentsBench()
        let scripts = ConversationScripts()
        func tell(_ debt: ConversationDebt) throws {
            let arguments = ConversationWire.arguments(debt, bench.bounds)
            var result: Result<RedisValue, RedisError>?
            bench.link.client.run(
                scripts.tell, keys: ["t:conversation:{\(bench.key().digest.hexadecimal)}"], arguments: arguments
            ) { result = $0.value }
            #expect(bench.link.loop.turn { result != nil })
            _ = try #require(result).get()
        }
        let turns = ["1", "2", "3"].map { ConversationTurn([Array($0.utf8)]) }
        try tell(ConversationDebt(turns: [turns[0]]))
        try tell(ConversationDebt(reset: "aa", turns: [turns[1]]))
        try tell(ConversationDebt(reset: "aa", turns: [turns[1], turns[2]]))
        try tell(ConversationDebt(reset: "aa"))
        #expect(bench.history(bench.replica()) == ["2", "3"])
        try tell(ConversationDebt(reset: "bb"))
        #expect(bench.history(bench.replica()).isEmpty)
    }

    @Test func `without Redis a replica goes on with its copy, and tells what it has missed`() throws {
        let bench = try SharedAgentsBench()
        let (one, other) = (bench.replica(), bench.replica())
        bench.say(other, "q1", "a1")
        #expect(bench.history(one) == ["q1", "a1"])
        bench.lose(one)
        bench.say(one, "q2", "a2")
        #expect(bench.history(one) == ["q1", "a1", "q2", "a2"])
        bench.reset(one)
        bench.say(one, "q3", "a3")
        bench.say(one, "q4", "a4")
        #expect(bench.history(one) == ["q3", "a3", "q4", "a4"])
        try bench.server.start()
        #expect(bench.settles(one))
        #expect(bench.link.loop.turn { bench.history(other) == ["q3", "a3", "q4", "a4"] })
        bench.say(other, "q5", "a5")
        #expect(bench.history(one) == ["q3", "a3", "q4", "a4", "q5", "a5"])
    }

    @Test func `a store that is full, or holds something else there, is told later or does without`() throws {
        let bench = try SharedAgentsBench()
        let (one, other) = (bench.replica(), bench.replica())
        bench.say(one, "q1", "a1")
        _ = bench.link.call("CONFIG", "SET", "maxmemory", "1")
        bench.say(one, "q2", "a2")
        #expect(bench.history(one) == ["q1", "a1", "q2", "a2"])
        #expect(bench.history(other) == ["q1", "a1"])
        _ = bench.link.call("CONFIG", "SET", "maxmemory", "0")
        #expect(bench.settles(one))
        #expect(bench.history(other) == ["q1", "a1", "q2", "a2"])
        _ = bench.link.call("SET", key: "t:conversation:{\(bench.key().digest.hexadecimal)}", "x")
        bench.say(one, "q3", "a3")
        #expect(bench.history(one) == ["q1", "a1", "q2", "a2", "q3", "a3"])
    }

    @Test func `copies have the bounds of conversations in memory`() throws {
        let bench = try SharedAgentsBench()
        let (one, other) = (bench.replica(), bench.replica())
        bench.bounds.conversations = 2
        for id in ["x", "y", "z"] { bench.say(one, "q", "a", to: bench.key(id)) }
        #expect(one.copies.count == 2)
        for id in ["x", "y", "z"] { #expect(bench.history(other, bench.key(id)) == ["q", "a"]) }
        #expect(other.copies.count == 2)
        bench.bounds.bytes = 3
        #expect(bench.history(other, bench.key("x")) == ["q", "a"])
        bench.bounds.bytes = 1
        #expect(bench.history(other, bench.key("y")) == ["q", "a"], "what there is no room for is told all the same")
        #expect(other.copies.count == 0)
    }
}
