import Testing

@testable import Upstreams

/// An echo upstream with a clock in a test's hands.
final class EchoFixture {
    let reactor = ManualReactor()
    let sink = RecordingSink()
    let upstream: EchoUpstream

    init(_ configure: (inout EchoUpstream.Settings) -> Void = { _ in }) {
        var settings = EchoUpstream.Settings()
        configure(&settings)
        upstream = EchoUpstream(settings: settings, reactor: reactor) { 1_700_000_000 }
    }

    func start(_ request: CompletionRequest) -> any CompletionCall {
        upstream.start(request, CallTerms(model: "echo-1"), sink: sink)
    }

    /// Lets a call without pace run to its end.
    func play(_ request: CompletionRequest) -> RecordingSink {
        let call = start(request)
        reactor.endTurn()
        withExtendedLifetime(call) {}
        return sink
    }

    /// The first choice of an event.
    static func choice(_ event: String) throws -> JSONValue {
        let choices = try #require(try JSONParser().parse(event).root["choices"])
        return try #require(choices.elements.first { _ in true })
    }

    /// The texts of a stream's content events.
    static func texts(of sink: RecordingSink) throws -> [String] {
        try zip(sink.events, sink.facts).filter { $0.1.hasContent }.map { event, _ in
            try choice(event)["delta"]?["content"]?.string ?? ""
        }
    }
}
