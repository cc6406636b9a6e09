import Testing
import Upstreams

@testable import Gateway

/// MCP servers as sources of tools, in the words of the protocol.
struct MCPTests {
    private let loop = EventLoop()
    private let parser = JSONParser()

    private static let tools =
        #"{"tools":[{"name":"add","description":"Adds.","inputSchema":{"type":"object"}},{"name":"bad name","inputSchema":{}},{"name":"hidden","inputSchema":{}}]}"#

    /// A server as far as these tests need one: answers by the method of each message.
    private func script(
        _ transport: ScriptedTransport, session: String? = "s1", isStream: Bool = false,
        call: @escaping (String) -> ScriptedTransport.Answer = { _ in .init() }
    ) {
        transport.answer = { sent in
            let id = sent.body.firstMatch(of: /"id":(\d+)/).map { String($0.1) } ?? ""
            func answer(_ result: String) -> ScriptedTransport.Answer {
                let message = #"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#
                var answer = ScriptedTransport.Answer(body: [message])
                if isStream {
                    let note = #"{"jsonrpc":"2.0","method":"notifications/message","params":{"id":\#(id)}}"#
                    answer.body = ["event: message\ndata: \(note)\n\nda", "ta: \(message)\n\n"]
                    answer.lines = "content-type: text/event-stream\r\n"
                }
                if let session { answer.lines += "Mcp-Session-Id: \(session)\r\n" }
                return answer
            }
            if sent.body.contains(#""method":"initialize""#) {
                return answer(#"{"protocolVersion":"2025-03-26","capabilities":{},"serverInfo":{"name":"x"}}"#)
            }
            if sent.body.contains("notifications/") { return .init(status: 202) }
            if sent.body.contains("tools/list") { return answer(Self.tools) }
            let special = call(id)
            return special.body.isEmpty && special.status == 200 && special.failure == nil
                ? answer(#"{"content":[{"type":"text","text":"3"},{"type":"image","data":""}]}"#) : special
        }
    }

    private func server(_ transport: ScriptedTransport, refresh: Int = 60_000) -> MCPServer {
        MCPServer(
            MCPServer.Settings(
                name: "math", path: "/mcp", allowed: { $0 != "hidden" }, limits: .init(maxBytes: 10_000, timeout: 1000),
                refresh: refresh), over: transport, reactor: loop, parser: parser)
    }

    private func list(_ server: MCPServer) throws -> Result<[ToolDefinition], MCPFault> {
        var found: Result<[ToolDefinition], MCPFault>?
        server.list { found = $0 }
        #expect(loop.turn { found != nil })
        return try #require(found)
    }

    private func call(_ server: MCPServer, _ tool: String = "add") throws -> ToolOutcome {
        let arguments = try ByteBuffer(Array(#"{"a":1,"b":2}"#.utf8)).withBytes { try parser.parse($0).root }
        var outcome: ToolOutcome?
        _ = server.call(tool, arguments) { outcome = $0 }
        #expect(loop.turn { outcome != nil })
        return try #require(outcome)
    }

    @Test(arguments: [false, true])
    func `tools are listed once and called, by JSON or by event stream`(_ isStream: Bool) throws {
        let transport = ScriptedTransport(loop)
        script(transport, isStream: isStream)
        let server = server(transport)
        let tools = try list(server).get()
        #expect(tools.map(\.name) == ["math_add"])
        #expect(tools[0].description == "Adds.")
        #expect(try call(server) == .result("3\n[image]"))
        #expect(try call(server) == .result("3\n[image]"))
        server.close {}
        #expect(transport.sent.count == 6, "initialize, initialized, list, two calls, and the end")
        #expect(transport.sent[5].method == .delete && transport.sent[5].body.isEmpty)
        #expect(transport.sent[0].field("mcp-session-id") == nil)
        for sent in transport.sent.dropFirst() {
            #expect(sent.field("mcp-session-id") == "s1")
            #expect(sent.field("mcp-protocol-version") == "2025-03-26")
        }
        for sent in transport.sent.dropLast() { #expect(sent.field("accept") == "application/json, text/event-stream") }
        #expect(transport.sent[3].body.contains(#""params":{"name":"add","arguments":{"a":1,"b":2}}"#))
    }

    @Test func `a call opens the session by itself, and all who ask meanwhile wait for the same one`() throws {
        let transport = ScriptedTransport(loop)
        script(transport)
        let server = server(transport)
        var listings = 0
        for _ in 0..<3 { server.list { _ in listings += 1 } }
        #expect(try call(server) == .result("3\n[image]"))
        #expect(listings == 3)
        #expect(transport.sent.count { $0.body.contains(#""method":"initialize""#) } == 1)
    }

    @Test func `a session that the server has forgotten is opened anew, once`() throws {
        let transport = ScriptedTransport(loop)
        var refusals = 1
        script(transport) { _ in
            refusals -= 1
            return refusals >= 0 ? .init(status: 404) : .init()
        }
        #expect(try call(server(transport)) == .result("3\n[image]"))
        #expect(transport.sent.count { $0.body.contains(#""method":"initialize""#) } == 2)
        refusals = 10
        #expect(try call(server(transport)) == .failure("The tool server answered with status 404."))
    }

    @Test func `a list is asked for again when it is old, in a new session if the old one is forgotten`() throws {
        let transport = ScriptedTransport(loop)
        script(transport)
        let server = server(transport, refresh: 0)
        #expect(try list(server).get().count == 1)
        #expect(try list(server).get().count == 1)
        #expect(transport.sent.count == 4, "initialize, initialized, and two lists")
        script(transport, session: "s2")
        let usual = transport.answer
        transport.answer = { $0.field("mcp-session-id") == "s1" ? .init(status: 404) : usual($0) }
        #expect(try list(server).get().count == 1)
        #expect(transport.sent.last?.field("mcp-session-id") == "s2")
    }

    @Test func `errors of the tool, of the protocol and of the way are told`() throws {
        let transport = ScriptedTransport(loop)
        script(transport) { id in
            .init(body: [
                #"{"jsonrpc":"2.0","id":\#(id),"result":{"isError":true,"content":[{"type":"text","text":"no"}]}}"#
            ])
        }
        #expect(try call(server(transport)) == .failure("no"))
        script(transport) { id in
            .init(body: [#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32602,"message":"bad"}}"#])
        }
        #expect(try call(server(transport)) == .failure("bad"))
        script(transport) { _ in .init(body: ["<html>"]) }
        #expect(try call(server(transport)) == .failure("The tool server's answer is not what was asked for."))
        script(transport) { _ in .init(lines: "content-type: text/event-stream\r\n", body: ["data: {}\n\n"]) }
        #expect(try call(server(transport)) == .failure("The tool server's stream ended without an answer."))
        script(transport) { _ in .init(body: [String(repeating: " ", count: 20_000)]) }
        #expect(try call(server(transport)) == .failure("The tool server's answer has more than 10000 bytes."))
        script(transport) { _ in .init(failure: .connect) }
        #expect(try call(server(transport)) == .failure("The service cannot be reached."))
        transport.answer = { _ in .init(status: 401) }
        guard case .failure(let fault) = try list(server(transport)) else { return #expect(Bool(false)) }
        #expect(fault.message == "The tool server answered with status 401.")
    }

    @Test func `a server that did not answer is left alone for a while`() throws {
        let transport = ScriptedTransport(loop)
        transport.answer = { _ in .init(failure: .connect) }
        let server = server(transport)
        for _ in 0..<3 {
            guard case .failure(let fault) = try list(server) else { return #expect(Bool(false)) }
            #expect(fault.message == "The service cannot be reached.")
        }
        #expect(try call(server) == .failure("The service cannot be reached."))
        #expect(transport.sent.count == 1)
    }

    @Test func `a session is ended once, when it is closed or nobody has it any more`() throws {
        let transport = ScriptedTransport(loop)
        script(transport)
        var ends: Int { transport.sent.count { $0.method == .delete && $0.field("mcp-session-id") == "s1" } }
        var server: MCPServer? = server(transport)
        server?.close {}
        #expect(transport.sent.isEmpty, "there was none yet")
        _ = try list(#require(server))
        var isHeard = false
        server?.close { isHeard = true }
        #expect(!isHeard)
        #expect(loop.turn { isHeard })
        server?.close {}
        server = nil
        #expect(ends == 1)
        server = self.server(transport)
        _ = try list(#require(server))
        server = nil
        #expect(ends == 2)
        script(transport, session: nil)
        server = self.server(transport)
        _ = try list(#require(server))
        server = nil
        #expect(ends == 2, "a server without sessions is told nothing")
    }

    @Test func `who cancels a call has the server told`() throws {
        let transport = ScriptedTransport(loop)
        script(transport)
        let server = server(transport)
        _ = try list(server)
        transport.answer = { $0.body.contains("notifications/") ? .init(status: 202) : nil }
        let arguments = try ByteBuffer(Array("{}".utf8)).withBytes { try parser.parse($0).root }
        var isHeard = false
        let call = server.call("add", arguments) { _ in isHeard = true }
        call.cancel()
        loop.turn(for: 5)
        #expect(!isHeard)
        #expect(transport.cancelled == 1)
        let told = transport.sent.last { $0.method == .post }?.body
        #expect(told?.contains(#""method":"notifications/cancelled","params":{"requestId":3"#) == true)
    }
}
