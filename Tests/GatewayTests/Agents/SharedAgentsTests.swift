import Testing
import Upstreams

@testable import Gateway

/// Agents that clients have made and all replicas know, on a real server.
@Suite("Agents that replicas share")
struct SharedAgentsTests {
    private typealias Replica = SharedAgentsBench.Replica

    private let bench: SharedAgentsBench
    private let most: AgentDialectConfiguration

    init() throws {
        bench = try SharedAgentsBench()
        let settings = #"{"agent": {"max_agents": 3, "max_agents_per_caller": 2}}"#
        most = try #require(try ConfigFixture.load(ConfigFixture.root(["dialects": settings])).dialects.agent)
    }

    private func agent(_ name: String, _ instructions: String = "Rhyme.") throws(APIError) -> AgentDefinition {
        let body = #"{"model": "m", "instructions": "\#(instructions)", "tool_call_timeout": 0.29}"#
        let document = try JSONParser().document(ByteBuffer(Array(body.utf8)))
        return try AgentDefinition(RequestBody(document, guarding: []), name: name)
    }

    private func insert(_ replica: Replica, _ agent: AgentDefinition, for owner: String) throws {
        let told = bench.told { replica.agents.insert(agent, for: owner, most: most, $0) }
        try #require(told).get()
    }

    private func find(_ replica: Replica, _ name: String, of owner: String = "ann") throws -> AgentDefinition? {
        let told = bench.told { replica.agents.agent(name, of: owner, most: most, $0) }
        return try #require(told).get()
    }

    private func remove(_ replica: Replica, _ name: String) throws -> Bool {
        let told = bench.told { replica.agents.remove(name, of: "ann", $0) }
        return try #require(told).get()
    }

    private func names(_ replica: Replica, of owner: String = "ann") throws -> [String] {
        let told = bench.told { replica.agents.names(of: owner, $0) }
        return try #require(told).get()
    }

    private func refusal(_ body: () throws -> Void) -> (status: Int, message: String)? {
        do {
            try body()
        } catch let error as APIError {
            return (error.status.code, error.message)
        } catch {}
        return nil
    }

    @Test func `an agent is made, changed and removed at all replicas at once`() throws {
        let (one, other) = (bench.replica(), bench.replica())
        try insert(one, agent("poet"), for: "ann")
        let found = try #require(try find(other, "poet"))
        #expect((found.name, found.model, found.instructions) == ("poet", "m", "Rhyme."))
        #expect(found.toolTimeout == 290 && found.maxParallelTools == 5 && found.tools == nil)
        #expect(try find(other, "poet", of: "bob") == nil)
        #expect(try names(other) == ["poet"] && names(other, of: "bob").isEmpty)
        try insert(other, agent("poet", "Be brief."), for: "ann")
        #expect(try find(one, "poet")?.instructions == "Be brief.")
        #expect(try remove(one, "poet"))
        #expect(try !remove(other, "poet"))
        #expect(try find(other, "poet") == nil && names(other).isEmpty)
    }

    @Test func `a caller has so many over all replicas, and all together have so many`() throws {
        let (one, other) = (bench.replica(), bench.replica())
        try insert(one, agent("a"), for: "ann")
        try insert(other, agent("b"), for: "ann")
        let own = refusal { try insert(one, agent("c"), for: "ann") }
        #expect(own?.status == 409 && own?.message.contains("2 agents") == true)
        try insert(one, agent("a", "anew"), for: "ann")
        try insert(one, agent("a"), for: "bob")
        let all = refusal { try insert(other, agent("b"), for: "bob") }
        #expect(all?.status == 409 && all?.message.contains("3 agents") == true)
        #expect(try remove(other, "a"))
        try insert(other, agent("b"), for: "bob")
        #expect(try names(one, of: "bob") == ["a", "b"])
    }

    @Test func `without Redis agents that were seen stay, and nothing is changed or listed`() throws {
        let (one, other) = (bench.replica(), bench.replica())
        try insert(one, agent("seen"), for: "ann")
        try insert(one, agent("gone"), for: "ann")
        #expect(try find(other, "seen") != nil && find(other, "gone") != nil)
        #expect(try remove(other, "gone"))
        bench.lose(other)
        #expect(try find(other, "seen")?.name == "seen")
        #expect(refusal { _ = try find(other, "gone") }?.status == 503)
        #expect(refusal { _ = try find(other, "never") }?.status == 503)
        #expect(refusal { _ = try names(other) }?.status == 503)
        #expect(refusal { _ = try remove(other, "seen") }?.status == 503)
        #expect(refusal { try insert(other, agent("new"), for: "ann") }?.status == 503)
        try bench.server.start()
        let forgets = bench.link.loop.turn {
            do { return try find(other, "seen") == nil } catch { return false }
        }
        #expect(forgets, "it started empty")
        try insert(other, agent("seen"), for: "ann")
        #expect(bench.link.loop.turn { (try? find(one, "seen"))?.name == "seen" })
    }

    @Test func `what is no agent is none`() throws {
        let replica = bench.replica()
        try insert(replica, agent("poet"), for: "ann")
        let key = try #require(try bench.link.call("KEYS", "t:{agents}:of:*").get().elements.first?.string)
        for text in ["", "[", "{}", #"{"model": 1}"#] {
            _ = bench.link.call("HSET", key: key, "poet", text)
            #expect(try find(replica, "poet") == nil)
        }
    }
}
