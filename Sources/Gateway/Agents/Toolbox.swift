import Upstreams

/// All tools of a configuration, on one worker.
final class Toolbox {
    private let own: [String: any Tool]
    private let servers: [String: MCPServer]

    init(_ configuration: Configuration, zones: ZoneDatabase, loop: EventLoop, curl: CurlMulti, parser: JSONParser) {
        var own: [String: any Tool] = [:]
        for tool in [CalculateTool(), GetTimeTool(zones)] as [any Tool] { own[tool.definition.name] = tool }
        for (name, tool) in configuration.tools {
            guard let settings = HTTPTool.Settings(tool) else { preconditionFailure("a tool's address was checked") }
            let transport = CurlTransport(
                multi: curl,
                settings: HTTPTransportSettings(
                    settings.url.origin, tool.headers, caFile: tool.caFile, allowPrivate: tool.allowPrivate))
            let definition = ToolDefinition(name: name, description: tool.description, parameters: tool.parameters)
            own[name] = HTTPTool(definition, settings, over: transport, reactor: loop, parser: parser)
        }
        self.own = own
        var servers: [String: MCPServer] = [:]
        for (name, server) in configuration.mcpServers {
            guard let url = URLSyntax(server.url, schemes: ["http", "https"]) else {
                preconditionFailure("a server's address was checked")
            }
            let transport = CurlTransport(
                multi: curl,
                settings: HTTPTransportSettings(
                    "\(url.scheme)://\(url.authority)", server.headers, caFile: server.caFile,
                    allowPrivate: server.allowPrivate))
            let names = Set(server.tools)
            let isAllowed: @Sendable (String) -> Bool = { names.isEmpty || names.contains($0) }
            servers[name] = MCPServer(
                MCPServer.Settings(
                    name: name, path: url.path.isEmpty ? "/" : url.path,
                    allowed: isAllowed,
                    limits: .init(maxBytes: server.maxAnswerBytes, timeout: server.timeoutMs),
                    refresh: server.refreshMs), over: transport, reactor: loop, parser: parser)
        }
        self.servers = servers
    }

    /// Names of all tools and servers.
    var names: [String] { own.keys.sorted() + servers.keys.sorted() }

    /// Those tools of these names that no server has. `names`: nil for all.
    func known(_ names: [String]?) -> [any Tool] { (names ?? self.names).compactMap { own[$0] } }

    /// Finds the tools of these names, asking servers for theirs; one that does not answer has none. No two have one
    /// name. `names`: nil for all.
    func find(_ names: [String]?, _ done: @escaping ([any Tool]) -> Void) {
        var found = known(names)
        let asked = (names ?? self.names).compactMap { servers[$0] }
        var missing = asked.count
        guard missing > 0 else { return done(Self.unique(found)) }
        for server in asked {
            server.list { result in
                if case .success(let tools) = result { found += tools.map { MCPTool($0, of: server) } }
                missing -= 1
                if missing == 0 { done(Self.unique(found)) }
            }
        }
    }

    /// Ends the sessions with servers; those of a toolbox that nobody holds any more end by themselves. `done` hears when
    /// all servers know, or do not answer.
    func close(_ done: @escaping () -> Void) {
        var missing = servers.count
        guard missing > 0 else { return done() }
        for server in servers.values {
            server.close {
                missing -= 1
                if missing == 0 { done() }
            }
        }
    }

    /// The first of each name.
    private static func unique(_ tools: [any Tool]) -> [any Tool] {
        var names: Set<String> = []
        return tools.filter { names.insert($0.definition.name).inserted }
    }
}

extension HTTPTransportSettings {
    fileprivate init(_ origin: String, _ headers: [UpstreamHeader], caFile: String?, allowPrivate: Bool) {
        self.init(baseURL: origin)
        fields = headers.map { HTTPField($0.name, $0.value.exposed) }
        authoritiesFile = caFile
        allowsPrivateAddresses = allowPrivate
    }
}

extension HTTPTool.Settings {
    fileprivate init?(_ tool: ToolConfiguration) {
        guard let url = ToolURL(tool.url), let method = TransportRequest.Method(rawValue: tool.method.rawValue) else {
            return nil
        }
        self.init(
            method: method, url: url, body: tool.body, result: tool.result.flatMap { JSONPointer($0) },
            timeout: tool.timeoutMs, maxAnswerBytes: tool.maxAnswerBytes)
    }
}
