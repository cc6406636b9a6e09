import Testing

@testable import Upstreams

/// An OpenAI upstream whose transport, clock and sink are all in a test's hands.
final class OpenAIFixture {
    let reactor = ManualReactor()
    let transport = FakeTransport()
    let sink = RecordingSink()
    let inFlight = InFlight()
    let upstream: OpenAIUpstream
    private var calls: [any CompletionCall] = []

    init(_ configure: (inout CallSettings) -> Void = { _ in }) {
        var settings = CallSettings()
        settings.firstEventTimeout = 1000
        settings.idleTimeout = 300
        settings.totalTimeout = 5000
        settings.maxEventBytes = 4096
        settings.maxResponseBytes = 8192
        configure(&settings)
        upstream = OpenAIUpstream(
            client: ProviderClient(
                settings: settings, transport: transport, reactor: reactor, parser: JSONParser(), inFlight: inFlight
            ) { 1_700_000_000 })
    }

    /// Starts a call and keeps it, as an exchange does.
    @discardableResult
    func start(
        _ request: CompletionRequest? = nil, model: String = "m", timeouts: CallTimeouts? = nil
    ) throws -> any CompletionCall {
        let terms = CallTerms(model: model, timeouts: timeouts)
        let call = upstream.start(try request ?? ChatRequest.saying("hi"), terms, sink: sink)
        calls.append(call)
        return call
    }

    /// A stream whose head has come.
    func stream() throws -> FakeTransfer {
        try start()
        let transfer = try transfer
        transfer.receiveHead(200)
        return transfer
    }

    /// A call for a whole answer.
    func whole(status: Int = 200, _ lines: String = "content-type: application/json\r\n") throws -> FakeTransfer {
        try start(ChatRequest.saying("hi", isStream: false))
        let transfer = try transfer
        transfer.receiveHead(status, lines)
        return transfer
    }

    var transfer: FakeTransfer { get throws { try #require(transport.transfers.last) } }

    /// Everything that a call holds is given back: its place, its timer, its transfer.
    func expectNothingLeft(_ comment: Comment? = nil, at location: SourceLocation = #_sourceLocation) {
        calls = []
        #expect(inFlight.current == 0, comment, sourceLocation: location)
        #expect(reactor.armed == 0, comment, sourceLocation: location)
        #expect(!transport.transfers.contains { !$0.isOver }, comment, sourceLocation: location)
    }

    /// An event of a stream with this text.
    static func delta(_ text: String) -> String {
        "data: " + chunk(text) + "\n\n"
    }

    static func chunk(_ text: String) -> String {
        #"{"id":"c","choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":null}]}"#
    }

    static let role =
        "data: " + #"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"# + "\n\n"
    static let done = "data: [DONE]\n\n"
}
