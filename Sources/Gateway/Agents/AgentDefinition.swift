import Upstreams

/// An agent as it works: from the configuration, or made by a client.
struct AgentDefinition: Sendable {
    let name: String
    let instructions: String
    let model: String
    /// Names of tools and MCP servers; nil: all that there are.
    let tools: [String]?
    let maxParallelTools: Int
    /// Milliseconds.
    let toolTimeout: Int

    /// Bounds of agents that clients make.
    static let maxNameBytes = 64
    static let maxInstructionsBytes = 65_536

    init(_ configuration: AgentConfiguration) {
        name = configuration.name
        instructions = configuration.instructions
        model = configuration.model
        tools = configuration.tools
        maxParallelTools = configuration.maxParallelTools
        toolTimeout = configuration.toolTimeoutMs
    }

    /// From a client's description; `name` is the one in the path. The description's own is what people call the agent,
    /// and of no effect, as in the configuration.
    init(_ body: RequestBody, name: String) throws(APIError) {
        if let label = body["name"], label.kind != .string {
            throw .invalid("'name' must be a string.", param: "name", code: "invalid_type")
        }
        self.name = name
        model = try body.text("model").string ?? ""
        instructions = try Self.text(body, "instructions")
        tools = nil
        maxParallelTools = try Self.number(body, "max_parallel_tools", 1...64).map { Int($0) } ?? 5
        toolTimeout = Int(((try Self.number(body, "tool_call_timeout", 0.01...3600) ?? 30) * 1000).rounded())
    }

    private static func text(_ body: RequestBody, _ key: StaticString) throws(APIError) -> String {
        guard let value = body[key] else { return "" }
        guard let text = value.string else {
            throw .invalid("'\(key)' must be a string.", param: key.description, code: "invalid_type")
        }
        guard text.utf8.count <= maxInstructionsBytes else {
            throw .invalid("'\(key)' may have at most \(maxInstructionsBytes) bytes.", param: key.description)
        }
        return text
    }

    private static func number(
        _ body: RequestBody, _ key: StaticString, _ range: ClosedRange<Double>
    ) throws(APIError) -> Double? {
        guard let value = body[key] else { return nil }
        guard let number = value.double, range.contains(number) else {
            throw .invalid(
                "'\(key)' must be a number from \(range.lowerBound) to \(range.upperBound).", param: key.description)
        }
        return number
    }

    /// As clients are told of it.
    func write(to writer: inout JSONWriter, isReadOnly: Bool) {
        writer.object {
            $0.member("name", name)
            $0.member("instructions", instructions)
            $0.member("model", model)
            $0.member("max_parallel_tools", maxParallelTools)
            $0.member("tool_call_timeout", Double(toolTimeout) / 1000)
            $0.member("read_only", isReadOnly)
        }
    }
}
