import Upstreams

/// A tool of an MCP server.
final class MCPTool: Tool {
    let definition: ToolDefinition
    private let server: MCPServer

    init(_ definition: ToolDefinition, of server: MCPServer) {
        self.definition = definition
        self.server = server
    }

    func run(_ arguments: JSONValue, _ done: @escaping (ToolOutcome) -> Void) -> (any RunningTool)? {
        guard let name = server.ownName(definition.name) else { preconditionFailure("a tool of another server") }
        return server.call(name, arguments, done)
    }
}
