import Testing

@testable import Gateway

/// The configuration of agents, tools and MCP servers.
struct AgentConfigurationTests {
    private func mistakes(_ members: [String: String]) -> [String] {
        ConfigFixture.mistakes(ConfigFixture.root(members))
    }

    private func tool(_ fields: String) -> [String] {
        mistakes(["tools": #"{"t": {"url": "https://h/{a}?b={b}", \#(fields)}}"#])
    }

    private static let schema = #""parameters": {"type": "object", "properties": {"a": {}, "b": {}}}"#

    @Test func `an agent with all kinds of tools`() throws {
        let configuration = try ConfigFixture.load(
            ConfigFixture.root([
                "dialects": #"{"agent": {"max_tool_rounds": 3}}"#,
                "agents": #"{"helper": {"model": "echo", "tools": ["calculate", "t", "m"], "tool_call_timeout": 1.5}}"#,
                "tools":
                    #"{"t": {"url": "https://h/{a}", "method": "POST", "body": {"x": "{b}", "n": 1.50}, \#(Self.schema)}}"#,
                "mcp_servers": #"{"m": {"url": "https://h/mcp"}}"#,
            ]))
        let agent = try #require(configuration.agents.first)
        #expect(agent.name == "helper" && agent.tools == ["calculate", "t", "m"] && agent.toolTimeoutMs == 1500)
        #expect(configuration.dialects.agent?.maxToolRounds == 3)
        let tool = try #require(configuration.tools.first?.value)
        #expect(String(decoding: tool.parameters, as: UTF8.self) == #"{"type":"object","properties":{"a":{},"b":{}}}"#)
        #expect(tool.body.map { String(decoding: $0, as: UTF8.self) } == #"{"x":"{b}","n":1.50}"#)
        #expect(!tool.allowPrivate)
    }

    @Test func `places of arguments must be properties of the parameters`() {
        #expect(tool(Self.schema).isEmpty)
        #expect(
            tool(#""parameters": {"properties": {"a": {}}}"#)
                == ["tools.t.url: {b} is no property of parameters"])
        #expect(
            tool(#""method": "POST", "body": ["{c}"], \#(Self.schema)"#)
                == ["tools.t.url: {c} is no property of parameters"])
    }

    @Test(arguments: ["https://{a}/", "ftp://h/", "https://h/#x", "h"])
    func `the host of a tool stands fast`(_ url: String) {
        let found = mistakes(["tools": #"{"t": {"url": "\#(url)"}}"#])
        #expect(found.count == 1 && found[0].hasPrefix("tools.t.url: expected an http or https URL"))
    }

    @Test func `tools and servers may be shown credentials, and nothing else of the gateway's own`() {
        let headers = #""headers": {"authorization": "Bearer x", "host": "h"}"#
        #expect(
            mistakes([
                "tools": #"{"t": {"url": "https://h/", \#(headers)}}"#,
                "mcp_servers": #"{"m": {"url": "https://h/mcp", \#(headers)}}"#,
            ]).sorted() == [
                "mcp_servers.m.headers.host: the gateway sets this header itself",
                "tools.t.headers.host: the gateway sets this header itself",
            ])
    }

    @Test func `names and references are checked`() {
        #expect(mistakes(["tools": #"{"a b": {"url": "https://h/"}}"#]).count == 1)
        #expect(
            mistakes(["tools": #"{"calculate": {"url": "https://h/"}}"#])
                == [#"tools.calculate: "calculate" is built in"#])
        #expect(
            mistakes(["tools": #"{"x": {"url": "https://h/"}}"#, "mcp_servers": #"{"x": {"url": "https://h/"}}"#])
                == ["mcp_servers.x: a tool has this name"])
        #expect(
            mistakes(["agents": #"{"d": {"model": "echo", "tools": ["calculat"]}}"#])
                == [#"agents.d.tools[0]: there is no tool "calculat" (did you mean "calculate"?)"#])
        #expect(mistakes(["agents": #"{"d": {"model": "ehco"}}"#]).count == 1)
        #expect(mistakes(["agents": #"{"d": {}}"#]) == ["agents.d.model: missing; it is required"])
        #expect(tool(#""result": "current", \#(Self.schema)"#).count == 1)
    }
}
