import Upstreams

/// An MCP server as a source of tools, seen from one worker (Model Context Protocol, revision 2025-06-18).
///
/// Owns the session. It is opened when somebody first asks, opened anew when the server has forgotten it, and ended when
/// nobody can use it any more; the list of tools is asked for again when it is old. States: closed → opening → open → …,
/// or → resting after a failure → closed; those who ask while it opens wait.
final class MCPServer {
    struct Settings: Sendable {
        /// Names the server in the names of its tools.
        var name: String
        /// Path and query behind the origin.
        var path: String
        /// Which of its tools may be used.
        var allowed: @Sendable (String) -> Bool
        var limits: MCPCall.Limits
        /// Milliseconds for which a list of tools is good.
        var refresh: Int
    }

    typealias Listing = (Result<[ToolDefinition], MCPFault>) -> Void

    private struct Session {
        var id: String?
        var version: String
        var tools: [ToolDefinition] = []
        var listedAt: MonotonicTime
    }

    static let newestVersion = "2025-06-18"
    private static let versions: Set<String> = ["2024-11-05", "2025-03-26", "2025-06-18"]
    /// Tools of one server, and pages of its list.
    private static let maxTools = 256
    private static let maxPages = 16
    /// Milliseconds for which a server that did not answer is not asked again, so that no chat waits for it every time.
    private static let rest = 5_000
    /// Milliseconds that a server has to take note of a session's end.
    private static let patience = 1_000

    let settings: Settings
    private let transport: any HTTPTransport
    private let reactor: any Reactor
    private let parser: JSONParser
    private var session: Session?
    private var failure: (fault: MCPFault, until: MonotonicTime)?
    private var waiting: [Listing] = []
    private var opening: MCPCall?
    private var lastID = 0

    /// `transport` reaches the server's origin.
    init(_ settings: Settings, over transport: any HTTPTransport, reactor: any Reactor, parser: JSONParser) {
        self.settings = settings
        self.transport = transport
        self.reactor = reactor
        self.parser = parser
    }

    deinit { close {} }

    /// Ends the session with the server (section "Session Management"), whatever it says to that. `done` hears when it has
    /// said it, or not in time; at once if there is no session.
    func close(_ done: @escaping () -> Void) {
        guard let session, session.id != nil else { return done() }
        self.session = nil
        var request = TransportRequest(path: settings.path, fields: Self.fields(of: session), body: ByteBuffer())
        request.method = .delete
        _ = WholeCall(
            request, over: transport, maxBytes: settings.limits.maxBytes,
            timeout: min(settings.limits.timeout, Self.patience), reactor: reactor
        ) { _ in done() }
    }

    // MARK: For tools

    /// Tells the server's tools, under the names that models use; at once if they are known.
    func list(_ done: @escaping Listing) {
        if let session, session.listedAt.advanced(milliseconds: settings.refresh) > reactor.now {
            return done(.success(session.tools))
        }
        if let failure, failure.until > reactor.now { return done(.failure(failure.fault)) }
        waiting.append(done)
        guard opening == nil, waiting.count == 1 else { return }
        if session == nil { initialize() } else { listTools(mayReopen: true) }
    }

    /// Calls a tool by the server's own name.
    func call(_ tool: String, _ arguments: JSONValue, _ done: @escaping (ToolOutcome) -> Void) -> any RunningTool {
        let call = MCPToolCall(self, tool, arguments, done)
        call.start()
        return call
    }

    /// The session is gone: the next one who asks opens another.
    func forgetSession(_ id: String?) {
        if session?.id == id { session = nil }
    }

    var sessionID: String? { session?.id }

    // MARK: Opening

    private func initialize() {
        let message = MCPRequest("initialize", id: nextID()) {
            $0.member("protocolVersion", Self.newestVersion)
            $0.object("capabilities") { _ in }
            $0.object("clientInfo") {
                $0.member("name", "sluice")
                $0.member("version", Version.current)
            }
        }
        opening = send(message) { [self] result in
            opening = nil
            switch result {
            case .failure(let fault): finish(.failure(fault))
            case .success(let answer): greet(answer)
            }
        }
    }

    private func greet(_ answer: MCPCall.Answer) {
        guard let version = answer.result?["protocolVersion"]?.string, Self.versions.contains(version) else {
            return finish(
                .failure(MCPFault(kind: .refused, message: "The tool server speaks another version of MCP.")))
        }
        session = Session(id: answer.session, version: version, listedAt: reactor.now)
        opening = send(MCPRequest("notifications/initialized", id: nil)) { [self] result in
            opening = nil
            if case .failure(let fault) = result { return finish(.failure(fault)) }
            listTools(mayReopen: false)
        }
    }

    /// `mayReopen`: the session is an old one, which the server may have forgotten.
    private func listTools(
        from cursor: String? = nil, after far: [ToolDefinition] = [], pages: Int = 0, mayReopen: Bool
    ) {
        let message = MCPRequest("tools/list", id: nextID()) { if let cursor { $0.member("cursor", cursor) } }
        opening = send(message) { [self] result in
            opening = nil
            switch result {
            case .failure(let fault) where fault.kind == .sessionGone && mayReopen:
                session = nil
                initialize()
            case .failure(let fault):
                finish(.failure(fault))
            case .success(let answer):
                let tools = far + (answer.result.map(definitions) ?? [])
                if let next = answer.result?["nextCursor"]?.string, pages + 1 < Self.maxPages,
                    tools.count < Self.maxTools
                {
                    listTools(from: next, after: tools, pages: pages + 1, mayReopen: false)
                } else {
                    session?.tools = Array(tools.prefix(Self.maxTools))
                    session?.listedAt = reactor.now
                    finish(.success(session?.tools ?? []))
                }
            }
        }
    }

    private func finish(_ result: Result<[ToolDefinition], MCPFault>) {
        failure = nil
        if case .failure(let fault) = result {
            if fault.kind == .sessionGone { session = nil }
            close {}
            failure = (fault, reactor.now.advanced(milliseconds: Self.rest))
        }
        let listeners = waiting
        waiting = []
        for listener in listeners { listener(result) }
    }

    private func definitions(_ page: JSONValue) -> [ToolDefinition] {
        guard let list = page["tools"] else { return [] }
        return list.elements.compactMap { tool in
            guard let name = tool["name"]?.string, settings.allowed(name),
                let schema = tool["inputSchema"], schema.kind == .object
            else { return nil }
            let full = exposedName(name)
            guard ToolDefinition.isName(full) else { return nil }
            return ToolDefinition(
                name: full, description: tool["description"]?.string ?? "", parameters: Array(schema.sourceText.utf8))
        }
    }

    /// `SERVER_TOOL`, so that tools of one name on two servers are two.
    func exposedName(_ tool: String) -> String { settings.name + "_" + tool }

    /// The server's own name of a tool; nil: it is none of its.
    func ownName(_ exposed: String) -> String? {
        exposed.hasPrefix(settings.name + "_") ? String(exposed.dropFirst(settings.name.count + 1)) : nil
    }

    // MARK: Messages

    func nextID() -> Int {
        lastID += 1
        return lastID
    }

    func send(_ message: MCPRequest, _ done: @escaping MCPCall.Completion) -> MCPCall {
        var fields = [HTTPField("accept", "application/json, text/event-stream")]
        if let session { fields += Self.fields(of: session) }
        return MCPCall(
            message, fields: fields, path: settings.path, over: transport, settings.limits, reactor: reactor,
            parser: parser, completion: done)
    }

    private static func fields(of session: Session) -> [HTTPField] {
        [HTTPField("mcp-protocol-version", session.version)]
            + (session.id.map { [HTTPField("mcp-session-id", $0)] } ?? [])
    }
}
