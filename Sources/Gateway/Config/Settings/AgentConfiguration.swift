/// An assistant with instructions and tools (API page, agent dialect).
package struct AgentConfiguration: Sendable {
    /// By which clients choose it; unique.
    package internal(set) var name = ""
    /// What the model is told first. Default: nothing.
    package let instructions: String
    /// One of the models of the configuration, as clients would name it.
    package let model: String
    /// Names of tools and of MCP servers. Default: none.
    package let tools: [String]
    /// Default 5.
    package let maxParallelTools: Int
    /// Milliseconds. Default 30,000.
    package let toolTimeoutMs: Int

    static let builtInTools = ["calculate", "get_time"]

    package init(_ r: ConfigReader, tools names: [String], models: [String]) {
        _ = r.optional("name", .text, example: .string("Assistant"), doc: "What people call it; not used otherwise.")
        instructions = r.value(
            "instructions", .text, default: "", example: .string("You are a helpful assistant."),
            doc: "What the model is told first.")
        model = r.dialectModel(models)
        tools = r.value(
            "tools", .list(of: .reference(to: names, what: "tool")), default: [],
            example: .array([.string("calculate")]),
            doc: "What it may use: `calculate`, `get_time`, and names from `tools` and `mcp_servers`.")
        maxParallelTools = r.int(
            "max_parallel_tools", default: 5, in: 1...64, doc: "Calls of tools at one time.")
        let seconds = r.value(
            "tool_call_timeout", .double(in: 0.01...3600, unit: .seconds), default: 30,
            doc: "Time for one call of a tool.")
        toolTimeoutMs = Int((seconds * 1000).rounded())
    }

    /// The agents of the configuration.
    static func list(_ r: ConfigReader, models: [String]) -> [AgentConfiguration] {
        let tools = builtInTools + r.memberNames(of: "tools") + r.memberNames(of: "mcp_servers")
        let agent = ConfigType<AgentConfiguration>.object { AgentConfiguration($0, tools: tools, models: models) }
        return r.value(
            "agents", .map(of: agent), default: [],
            doc: "Assistants with tools, by the name that clients choose them by."
        ).map { name, agent in
            var agent = agent
            agent.name = name
            return agent
        }
    }
}
