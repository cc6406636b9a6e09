import Upstreams

/// One call of an MCP server's tool. Opens a session if there is none, and tries once more when the server has forgotten
/// it. States: waiting for the session → calling → over; or cancelled, of which the server is told.
final class MCPToolCall: RunningTool {
    private let server: MCPServer
    private let tool: String
    private let arguments: JSONValue
    private var done: ((ToolOutcome) -> Void)?
    private var call: MCPCall?
    private var id = 0
    private var isSecondTry = false

    init(_ server: MCPServer, _ tool: String, _ arguments: JSONValue, _ done: @escaping (ToolOutcome) -> Void) {
        self.server = server
        self.tool = tool
        self.arguments = arguments
        self.done = done
    }

    func start() {
        server.list { [self] result in
            guard done != nil else { return }
            switch result {
            case .success: send()
            case .failure(let fault): end(.failure(fault.message))
            }
        }
    }

    func cancel() {
        guard done != nil else { return }
        done = nil
        guard let call else { return }
        self.call = nil
        call.cancel()
        let id = id
        _ = server.send(
            MCPRequest("notifications/cancelled", id: nil) {
                $0.member("requestId", id)
                $0.member("reason", "The client has gone or the call took too long.")
            }
        ) { _ in }
    }

    private func send() {
        id = server.nextID()
        let session = server.sessionID
        let message = MCPRequest("tools/call", id: id) { writer in
            writer.member("name", tool)
            arguments.withSource { writer.member("arguments", raw: $0) }
        }
        call = server.send(message) { [self] result in
            call = nil
            switch result {
            case .success(let answer):
                end(answer.result.map(Self.outcome) ?? .failure("The tool server did not answer."))
            case .failure(let fault) where fault.kind == .sessionGone && !isSecondTry:
                isSecondTry = true
                server.forgetSession(session)
                start()
            case .failure(let fault):
                end(.failure(fault.message))
            }
        }
    }

    private func end(_ outcome: ToolOutcome) {
        let done = done
        self.done = nil
        done?(outcome)
    }

    /// The texts of a result; what is no text is named.
    static func outcome(_ result: JSONValue) -> ToolOutcome {
        var texts: [String] = []
        for item in result["content"].map({ Array($0.elements) }) ?? [] {
            switch item["type"]?.string {
            case "text": texts.append(item["text"]?.string ?? "")
            case "resource": texts.append(item["resource"]?["text"]?.string ?? "[a resource]")
            case let kind?: texts.append("[\(kind.prefix(32))]")
            case nil: break
            }
        }
        if texts.isEmpty, let structured = result["structuredContent"] { texts.append(structured.sourceText) }
        let text = texts.joined(separator: "\n")
        return result["isError"]?.bool == true ? .failure(text.isEmpty ? "The tool failed." : text) : .result(text)
    }
}
