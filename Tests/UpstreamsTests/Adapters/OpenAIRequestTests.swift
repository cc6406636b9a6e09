import Testing

@testable import Upstreams

/// What is sent to a provider for a request.
struct OpenAIRequestTests {
    private func sent(
        _ body: String, isStream: Bool = true, wantsUsage: Bool = false, model: String = "m",
        fields: [HTTPField] = [], callerKey: String? = nil, passesCallerKey: Bool = false
    ) throws -> FakeTransport.Request {
        let fixture = OpenAIFixture { $0.passesCallerKey = passesCallerKey }
        let request = try ChatRequest.make(
            body, isStream: isStream, wantsUsage: wantsUsage, fields: fields, callerKey: callerKey)
        try fixture.start(request, model: model)
        return try #require(fixture.transport.requests.last)
    }

    @Test func `a request that needs no change is sent byte for byte`() throws {
        let body = "{ \"model\" : \"m\",\n\"x\":[1.50, \"\\u00e9\"] , \"messages\":[]\t}"
        #expect(try sent(body, isStream: false).body == body)
        #expect(try sent(body, isStream: true, wantsUsage: true).body == body)
    }

    @Test func `the model is mapped and nothing else touched`() throws {
        let body = #"{"a":{"model":"m"},"model":"m","z":1e5}"#
        #expect(
            try sent(body, isStream: false, model: "gpt-4o").body == #"{"a":{"model":"m"},"model":"gpt-4o","z":1e5}"#)
    }

    @Test(arguments: [
        #"{"model":"m"}"#, #"{"model":"m","stream_options":{}}"#, #"{"model":"m","stream_options":null}"#,
        #"{"model":"m","stream_options":{"include_usage":false}}"#,
        #"{"model":"m","stream_options":{"include_usage":null,"other":1}}"#,
    ])
    func `usage is asked for with streams that did not`(body: String) throws {
        let root = try JSONParser().parse(try sent(body).body).root
        #expect(root["stream_options"]?["include_usage"]?.bool == true)
        #expect(root["model"]?.string == "m")
        let other = try JSONParser().parse(body).root["stream_options"]?["other"]?.int
        #expect(root["stream_options"]?["other"]?.int == other)
    }

    @Test func `usage is not asked for with answers that are no streams`() throws {
        #expect(try sent(#"{"model":"m"}"#, isStream: false).body == #"{"model":"m"}"#)
    }

    @Test func `the request's id and its own fields are sent`() throws {
        let request = try sent(#"{"model":"m"}"#, fields: [HTTPField("traceparent", "00-1")])
        #expect(request.path == "/chat/completions")
        #expect(request.values(of: "x-request-id") == ["req_1"])
        #expect(request.values(of: "traceparent") == ["00-1"])
        #expect(request.values(of: "accept") == ["text/event-stream"])
        #expect(try sent(#"{"model":"m"}"#, isStream: false).values(of: "accept").isEmpty)
    }

    @Test func `the caller's key travels only where the configuration says so`() throws {
        let body = #"{"model":"m"}"#
        #expect(try sent(body, callerKey: "sk-caller").values(of: "authorization").isEmpty)
        let passed = try sent(body, callerKey: "sk-caller", passesCallerKey: true)
        #expect(passed.values(of: "authorization") == ["Bearer sk-caller"])
        #expect(try sent(body, passesCallerKey: true).values(of: "authorization").isEmpty)
    }
}
