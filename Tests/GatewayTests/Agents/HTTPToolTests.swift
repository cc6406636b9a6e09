import Testing
import Upstreams

@testable import Gateway

/// Tools that are HTTP requests.
struct HTTPToolTests {
    private let loop = EventLoop()
    private let parser = JSONParser()

    private func settings(_ url: String, _ method: TransportRequest.Method = .get) throws -> HTTPTool.Settings {
        HTTPTool.Settings(
            method: method, url: try #require(ToolURL(url)), timeout: 1000, maxAnswerBytes: 1000)
    }

    private func run(
        _ settings: HTTPTool.Settings, _ arguments: String = "{}", _ transport: ScriptedTransport
    ) throws -> ToolOutcome {
        let tool = HTTPTool(
            ToolDefinition(name: "t", description: "", parameters: []), settings, over: transport, reactor: loop,
            parser: parser)
        let value = try ByteBuffer(Array(arguments.utf8)).withBytes { try parser.parse($0).root }
        var outcome: ToolOutcome?
        _ = tool.run(value) { outcome = $0 }
        #expect(loop.turn { outcome != nil })
        return try #require(outcome)
    }

    @Test func `the result is the part of the answer that is pointed to`() throws {
        let transport = ScriptedTransport(loop)
        transport.answer = { _ in .init(body: [#"{"current":{"t":2"#, #"1},"text":"warm"}"#]) }
        var settings = try settings("https://h/v1?city={city}")
        settings.result = JSONPointer("/current")
        #expect(try run(settings, #"{"city":"Köln"}"#, transport) == .result(#"{"t":21}"#))
        #expect(transport.sent.map(\.path) == ["/v1?city=K%C3%B6ln"])
        #expect(transport.sent.map(\.method) == [.get])
        settings.result = JSONPointer("/text")
        #expect(try run(settings, "{}", transport) == .result("warm"))
        settings.result = JSONPointer("/missing")
        #expect(try run(settings, "{}", transport) == .failure("The service's answer does not hold what was expected."))
        settings.result = nil
        #expect(try run(settings, "{}", transport) == .result(#"{"current":{"t":21},"text":"warm"}"#))
    }

    @Test func `a body is the template's, or the arguments themselves`() throws {
        let transport = ScriptedTransport(loop)
        var settings = try settings("https://h/search", .post)
        _ = try run(settings, #"{"q":1.50}"#, transport)
        settings.body = Array(#"{"query":"{q}","max":5}"#.utf8)
        _ = try run(settings, #"{"q":"x"}"#, transport)
        #expect(transport.sent.map(\.body) == [#"{"q":1.50}"#, #"{"query":"x","max":5}"#])
    }

    @Test(arguments: [
        (
            ScriptedTransport.Answer(status: 404, body: ["no such city"]),
            "The service answered with status 404: no such city"
        ),
        (
            ScriptedTransport.Answer(status: 302, lines: "location: http://169.254.169.254/\r\n"),
            "The service answered with status 302."
        ),
        (
            ScriptedTransport.Answer(body: [String(repeating: "x", count: 600), String(repeating: "x", count: 600)]),
            "The service's answer has more than 1000 bytes."
        ),
        (ScriptedTransport.Answer(failure: .resolve), "The service's name cannot be resolved."),
        (ScriptedTransport.Answer(failure: .connect), "The service cannot be reached."),
        (ScriptedTransport.Answer(failure: .truncated), "The connection to the service broke."),
    ])
    func `what goes wrong is told to the model`(_ answer: ScriptedTransport.Answer, _ words: String) throws {
        let transport = ScriptedTransport(loop)
        transport.answer = { _ in answer }
        #expect(try run(settings("https://h/"), "{}", transport) == .failure(words))
    }

    @Test func `no answer in time is a failure, and ends the call`() throws {
        let transport = ScriptedTransport(loop)
        transport.answer = { _ in nil }
        var settings = try settings("https://h/")
        settings.timeout = 20
        #expect(try run(settings, "{}", transport) == .failure("The service did not answer within 20 ms."))
        #expect(transport.cancelled == 1)
    }

    @Test func `no request goes out for arguments that have no place`() throws {
        let transport = ScriptedTransport(loop)
        #expect(try run(settings("https://h/{id}"), "{}", transport) == .failure("'id' must not be left out."))
        #expect(transport.sent.isEmpty)
    }

    @Test func `a name that leads to this machine is not reached unless that is allowed`() throws {
        let server = try TestSocket.listening()
        for isAllowed in [false, true] {
            var transportSettings = HTTPTransportSettings(baseURL: "http://localhost:\(server.port)")
            transportSettings.allowsPrivateAddresses = isAllowed
            let curl = CurlMulti(reactor: loop)
            let tool = HTTPTool(
                ToolDefinition(name: "t", description: "", parameters: []), try settings("http://localhost/"),
                over: CurlTransport(multi: curl, settings: transportSettings), reactor: loop, parser: parser)
            let value = try ByteBuffer(Array("{}".utf8)).withBytes { try parser.parse($0).root }
            var outcome: ToolOutcome?
            let call = tool.run(value) { outcome = $0 }
            if isAllowed {
                #expect(loop.turn { server.accepted() })
                call?.cancel()
            } else {
                #expect(loop.turn { outcome != nil })
                #expect(outcome == .failure("The service cannot be reached."))
                #expect(!server.accepted())
            }
        }
    }
}
