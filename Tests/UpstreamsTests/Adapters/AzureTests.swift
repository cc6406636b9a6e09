import Testing

@testable import Upstreams

/// Azure's way of OpenAI's API: deployments in the path, a version in the query, the key in a header of its own.
struct AzureTests {
    private func fixture(_ paths: OpenAIUpstream.Paths, _ version: String?) -> ProviderFixture {
        ProviderFixture({
            $0.keyHeader = .apiKey
            $0.passesCallerKey = true
        }) { OpenAIUpstream(client: $0, paths: paths, apiVersion: version) }
    }

    @Test(
        arguments: [
            (.deployments, "2024-10-21", "/deployments/gpt-4o/chat/completions?api-version=2024-10-21"),
            (.deployments, nil, "/deployments/gpt-4o/chat/completions"),
            (.openai, "preview", "/chat/completions?api-version=preview"), (.openai, nil, "/chat/completions"),
        ] as [(OpenAIUpstream.Paths, String?, String)])
    func `the path names the deployment, the query the version`(
        paths: OpenAIUpstream.Paths, version: String?, path: String
    ) throws {
        let fixture = fixture(paths, version)
        let body = try fixture.sent(#"{"model":"m","x": 1.50}"#, model: "gpt-4o")
        #expect(fixture.transport.requests.last?.path == path)
        #expect(body.withSource { $0.text } == #"{"model":"gpt-4o","x": 1.50}"#)
    }

    @Test(arguments: [(.embeddings, "embeddings"), (.moderations, "moderations")] as [(ModelOperation, String)])
    func `other endpoints are found beside completions`(operation: ModelOperation, name: String) throws {
        let fixture = fixture(.deployments, "v")
        let request = CompletionRequest(
            document: try JSONParser().parse(#"{"model":"m"}"#), model: "m", isStream: false, wantsUsage: false,
            requestID: "r", operation: operation)
        try fixture.start(request)
        #expect(fixture.transport.requests.last?.path == "/deployments/m/\(name)?api-version=v")
    }

    @Test func `a deployment's name leads nowhere else`() throws {
        let fixture = fixture(.deployments, nil)
        _ = try fixture.sent(#"{"model":"m"}"#, model: "../x?y")
        #expect(fixture.transport.requests.last?.path == "/deployments/..%2Fx%3Fy/chat/completions")
    }

    @Test func `the key travels in its own header`() throws {
        let fixture = fixture(.deployments, "v")
        try fixture.start(ChatRequest.make(#"{"model":"m"}"#, callerKey: "k-1"))
        #expect(fixture.transport.requests.last?.values(of: "api-key") == ["k-1"])
        #expect(fixture.transport.requests.last?.values(of: "authorization") == [])
    }
}
