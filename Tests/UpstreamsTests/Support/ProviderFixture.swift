import Foundation
import Testing

@testable import Upstreams

/// An upstream of any kind that calls a provider; transport, clock and sink are all in a test's hands.
final class ProviderFixture {
    let reactor = ManualReactor()
    let transport = FakeTransport()
    let sink = RecordingSink()
    let inFlight = InFlight()
    let upstream: any Upstream
    private var calls: [any CompletionCall] = []

    init(_ configure: (inout CallSettings) -> Void = { _ in }, _ make: (ProviderClient) -> any Upstream) {
        var settings = CallSettings()
        settings.firstEventTimeout = 1000
        settings.idleTimeout = 300
        settings.totalTimeout = 5000
        settings.maxEventBytes = 8192
        settings.maxResponseBytes = 16_384
        configure(&settings)
        upstream = make(
            ProviderClient(
                settings: settings, transport: transport, reactor: reactor, parser: JSONParser(), inFlight: inFlight
            ) { 1_700_000_000 })
    }

    static func anthropic(
        _ encoding: AnthropicUpstream.Encoding = .init(), betas: [String] = [],
        _ configure: (inout CallSettings) -> Void = { _ in }
    ) -> ProviderFixture {
        ProviderFixture(configure) {
            AnthropicUpstream(client: $0, encoding: encoding, version: "2023-06-01", betas: betas)
        }
    }

    static func gemini(
        _ encoding: GeminiUpstream.Encoding = .init(), _ configure: (inout CallSettings) -> Void = { _ in }
    ) -> ProviderFixture {
        ProviderFixture(configure) { GeminiUpstream(client: $0, encoding: encoding) }
    }

    @discardableResult
    func start(_ request: CompletionRequest? = nil, model: String = "m") throws -> any CompletionCall {
        let call = upstream.start(try request ?? ChatRequest.saying("hi"), CallTerms(model: model), sink: sink)
        calls.append(call)
        reactor.endTurn()
        return call
    }

    var transfer: FakeTransfer { get throws { try #require(transport.transfers.last) } }

    /// What is sent for a request's body.
    func sent(_ body: String, isStream: Bool = false, model: String = "m") throws -> JSONValue {
        try start(ChatRequest.make(body, isStream: isStream), model: model)
        try #require(sink.error == nil, "\(String(describing: sink.error))")
        return try JSONParser().parse(try #require(transport.requests.last).body).root
    }

    /// A stream in these pieces, which then ends.
    func play(_ pieces: [[UInt8]], _ failure: TransportFailure? = nil) throws -> RecordingSink {
        try start()
        let transfer = try transfer
        transfer.receiveHead(200)
        for piece in pieces { transfer.receive(piece) }
        transfer.end(failure)
        expectNothingLeft()
        return sink
    }

    /// A whole answer with this status.
    func answer(_ body: String, status: Int = 200, _ lines: String = "") throws -> RecordingSink {
        try start(ChatRequest.saying("hi", isStream: false))
        let transfer = try transfer
        transfer.receiveHead(status, lines + "content-type: application/json\r\n")
        transfer.receive(body)
        transfer.end()
        expectNothingLeft()
        return sink
    }

    /// What a client is told of a request that is refused before it is sent.
    func refusal(_ body: String) throws -> JSONValue {
        try start(ChatRequest.make(body))
        #expect(transport.requests.isEmpty)
        expectNothingLeft()
        let answer = try #require(sink.error?.answer)
        #expect(sink.error?.cause == .status && answer.head.status == 400)
        return try answer.toldError
    }

    /// Everything that a call holds is given back: its place, its timer, its transfer.
    func expectNothingLeft(at location: SourceLocation = #_sourceLocation) {
        calls = []
        #expect(inFlight.current == 0, sourceLocation: location)
        #expect(reactor.armed == 0, sourceLocation: location)
        #expect(!transport.transfers.contains { !$0.isOver }, sourceLocation: location)
    }
}

/// Files of Tests/UpstreamsTests/Golden: what providers send, and what is made of it.
enum Golden {
    static func bytes(_ path: String) throws -> [UInt8] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: tests.appending(path: "Golden/\(path)")))
    }

    static func lines(_ path: String) throws -> [String] {
        String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Plays a stream whole, cut at every place, and byte by byte: always its expected events come out. Before the
    /// byte `mark` that makes it complete no cut of it may pass as a success.
    static func expectStream(
        _ name: String, endingWith mark: String, of make: () -> ProviderFixture,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let bytes = try bytes(name + ".sse")
        let expected = try lines(name + ".jsonl")
        let end = try #require(String(decoding: bytes, as: UTF8.self).range(of: mark, options: .backwards))
        let isWhole = String(decoding: bytes, as: UTF8.self)[..<end.upperBound].utf8.count
        for cut in 0..<bytes.count {
            let parts = try make().play([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(parts.isComplete && parts.events == expected, "cut at \(cut)", sourceLocation: location)
            guard parts.events == expected else { return }
            for (event, facts) in zip(parts.events, parts.facts) where cut == 0 {
                #expect(try facts == JSONParser().chunkFacts(of: event), "\(event)", sourceLocation: location)
            }
            let cutOff = try make().play([Array(bytes[..<cut])])
            if cut < isWhole { #expect(cutOff.error?.cause == .truncated, "ends at \(cut)", sourceLocation: location) }
            let reset = try make().play([Array(bytes[..<cut])], .truncated)
            #expect(reset.error != nil, "breaks at \(cut)", sourceLocation: location)
        }
        let single = try make().play(bytes.map { [$0] })
        #expect(single.isComplete && single.events == expected, sourceLocation: location)
    }
}

extension JSONParser {
    func chunkFacts(of text: String) throws -> ChatChunkFacts { unsafe try chunkFacts(Array(text.utf8).span.bytes) }
}

extension UpstreamError.Answer {
    /// The `error` of a body in OpenAI's form.
    var toldError: JSONValue {
        get throws { try #require(try JSONParser().parse(String(decoding: body, as: UTF8.self)).root["error"]) }
    }
}
