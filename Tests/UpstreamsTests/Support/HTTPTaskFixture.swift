import Testing

@testable import Upstreams

/// An upstream of jobs whose provider a test plays: looks after 100, 200, 400 ms, one of which may fail.
///
/// A submission must be answered within 1,000 ms, a look within 300 ms, and the job be over within 5,000 ms.
final class HTTPTaskFixture {
    let provider: ProviderFixture

    init(_ change: (inout HTTPTaskUpstream.Settings) -> Void = { _ in }) {
        var pointers = HTTPTaskUpstream.Settings.Pointers(job: Self.pointer("/id"), status: Self.pointer("/status"))
        pointers.progress = JSONPointer("/progress")
        pointers.text = JSONPointer("/text")
        pointers.result = JSONPointer("/result")
        pointers.error = JSONPointer("/error")
        var settings = HTTPTaskUpstream.Settings(
            submit: .init(.post, ArgumentText("/jobs?by={model}")), body: Array(#"{"prompt":"{prompt}"}"#.utf8),
            pointers: pointers, words: .init(running: ["queued", "running"], done: ["done"], failed: ["failed"]))
        var polling = HTTPTaskUpstream.Settings.Polling(path: ArgumentText("/jobs/{job}"))
        polling.interval = 100
        polling.factor = 2
        polling.longestInterval = 400
        polling.failures = 1
        settings.polling = polling
        settings.cancel = .init(.delete, ArgumentText("/jobs/{job}"))
        change(&settings)
        let made = settings
        provider = ProviderFixture { HTTPTaskUpstream(client: $0, settings: made) }
    }

    /// One whose jobs tell of themselves by events.
    static func events(_ change: (inout HTTPTaskUpstream.Settings) -> Void = { _ in }) -> HTTPTaskFixture {
        HTTPTaskFixture { settings in
            settings.events = ArgumentText("/jobs/{job}/events")
            settings.pointers.delta = JSONPointer("/delta")
            change(&settings)
        }
    }

    private static func pointer(_ text: String) -> JSONPointer {
        guard let pointer = JSONPointer(text) else { preconditionFailure("no pointer") }
        return pointer
    }

    var sink: RecordingSink { provider.sink }
    var requests: [FakeTransport.Request] { provider.transport.requests }
    var transfer: FakeTransfer { get throws { try provider.transfer } }

    /// The calls so far: `POST /jobs?by=m`.
    var asked: [String] { requests.map { "\($0.method.rawValue) \($0.path)" } }

    @discardableResult
    func start(isStream: Bool = true) throws -> any CompletionCall {
        try provider.start(ChatRequest.saying("hi", isStream: isStream))
    }

    /// Starts a job that is named `j/1`.
    @discardableResult
    func submit(isStream: Bool = true) throws -> any CompletionCall {
        let call = try start(isStream: isStream)
        try answer(#"{"id":"j/1","status":"queued"}"#, status: 202)
        return call
    }

    /// The provider's answer to the last call.
    func answer(_ body: String, status: Int = 200, _ lines: String = "") throws {
        let transfer = try transfer
        transfer.receiveHead(status, lines + "content-type: application/json\r\n")
        transfer.receive(body)
        transfer.end()
    }

    func wait(_ milliseconds: Int) { provider.reactor.advance(milliseconds: milliseconds) }

    /// The contents of all chunks, or of the whole answer.
    var text: String {
        get throws {
            try sink.events.map { event in
                let choice = try JSONParser().parse(event).root["choices"]?.elements.first { _ in true }
                return (choice?["delta"] ?? choice?["message"])?["content"]?.string ?? ""
            }.joined()
        }
    }

    func expectNothingLeft(at location: SourceLocation = #_sourceLocation) {
        provider.expectNothingLeft(at: location)
    }
}
