import Testing
import Upstreams

@testable import Gateway

/// Agents that clients make.
struct AgentDirectoryTests {
    private let parser = JSONParser()

    private func agent(_ name: String, _ body: String = #"{"model": "m"}"#) throws(APIError) -> AgentDefinition {
        try AgentDefinition(RequestBody(parser.document(ByteBuffer(Array(body.utf8))), guarding: []), name: name)
    }

    private func settings(_ json: String = "{}") throws -> AgentDialectConfiguration {
        let configuration = try ConfigFixture.load(ConfigFixture.root(["dialects": #"{"agent": \#(json)}"#]))
        return try #require(configuration.dialects.agent)
    }

    @Test func `an agent is its maker's`() throws {
        let directory = AgentDirectory()
        let most = try settings()
        try directory.insert(agent("a"), for: "ann", most: most)
        try directory.insert(agent("a", #"{"model": "m", "instructions": "anew"}"#), for: "ann", most: most)
        #expect(directory.agents(of: "ann").map(\.instructions) == ["anew"])
        #expect(directory.agent("a", of: "bob") == nil)
        #expect(!directory.remove("a", of: "bob"))
        #expect(directory.remove("a", of: "ann"))
        #expect(directory.agents(of: "ann").isEmpty)
    }

    @Test func `a caller has so many, and all together have so many`() throws {
        let directory = AgentDirectory()
        let most = try settings(#"{"max_agents": 3, "max_agents_per_caller": 2}"#)
        try directory.insert(agent("a"), for: "ann", most: most)
        try directory.insert(agent("b"), for: "ann", most: most)
        #expect(throws: APIError.self) { try directory.insert(agent("c"), for: "ann", most: most) }
        try directory.insert(agent("b"), for: "ann", most: most)
        try directory.insert(agent("a"), for: "bob", most: most)
        #expect(throws: APIError.self) { try directory.insert(agent("b"), for: "bob", most: most) }
        #expect(directory.remove("a", of: "ann"))
        try directory.insert(agent("b"), for: "bob", most: most)
    }

    @Test(arguments: [
        "{}", #"{"model": ""}"#, #"{"model": 1}"#, #"{"model": "m", "instructions": 1}"#,
        #"{"model": "m", "instructions": "\#(String(repeating: "x", count: 65_537))"}"#,
        #"{"model": "m", "max_parallel_tools": 0}"#, #"{"model": "m", "max_parallel_tools": 65}"#,
        #"{"model": "m", "max_parallel_tools": "5"}"#, #"{"model": "m", "tool_call_timeout": 0}"#,
        #"{"model": "m", "tool_call_timeout": 3601}"#, #"{"model": "m", "name": 1}"#,
    ])
    func `what no agent can be is refused`(_ body: String) {
        #expect(throws: APIError.self) { try agent("a", body) }
    }
}
