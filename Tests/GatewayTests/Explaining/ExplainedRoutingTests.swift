import Policies
import Testing
import Upstreams

@testable import Gateway

/// What an explanation tells of fallbacks, hedges, repetitions and keys.
struct ExplainedRoutingTests {
    private static let configuration = ConfigFixture.root([
        "upstreams": #"""
        { "cloud": { "kind": "openai", "base_url": "https://api.example.com/v1",
                     "api_keys": [{ "env": "CLOUD_KEY" }, { "env": "SHORT_KEY" }],
                     "retry": { "attempts": 3, "backoff_ms": 100 } },
          "open": { "kind": "openai", "base_url": "https://api.example.com/v1", "api_key": { "from": "client" } },
          "echo": { "kind": "echo" } }
        """#,
        "models": #"""
        [{ "name": "small", "context_tokens": 1000, "targets": [{ "upstream": "cloud" }],
           "hedge": { "after_ms": 300, "budget": 0.1 }, "mid_stream": ["splice", "fail"],
           "fallbacks": ["big", "tiny", { "model": "loose", "on": ["content_filter"] }] },
         { "name": "big", "context_tokens": 9000, "targets": [{ "upstream": "open" }] },
         { "name": "tiny", "context_tokens": 10, "targets": [{ "upstream": "echo" }] },
         { "name": "loose", "targets": [{ "upstream": "echo" }] }]
        """#,
    ])

    private func explain(_ model: String, more: String = "") throws -> Explanation {
        let configuration = try ConfigFixture.load(
            Self.configuration, environment: ["CLOUD_KEY": "sk-cloud-secret-77ab", "SHORT_KEY": "sk-9"])
        let body = #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]\#(more)}"#
        let origin = ExplainedRequest.Origin(listener: configuration.listeners[0])
        return try ExplainBench(configuration).explain(
            ExplainedRequest(file: Array(body.utf8), key: nil, from: origin, maxHeadBytes: 16_384))
    }

    @Test func `each fallback is told with the failures after which it is asked`() throws {
        let model = try #require(try explain("small").model)
        #expect(model.fallbacks.map(\.model) == ["big", "tiny", "loose"])
        #expect(model.fallbacks[0].kinds.contains(.contextLength) && model.fallbacks[0].kinds.contains(.serverError))
        #expect(
            !model.fallbacks[1].kinds.contains(.contextLength) && !model.fallbacks[1].kinds.contains(.contentFilter))
        #expect(model.fallbacks[2].kinds == [.contentFilter])
        #expect(model.fallbacks.allSatisfy { !$0.isClients })
    }

    @Test func `models that the client names come first`() throws {
        let told = try explain("small", more: #","models":["small","loose"]"#)
        let model = try #require(told.model)
        #expect(model.fallbacks.map(\.model) == ["loose", "big", "tiny", "loose"])
        #expect(model.fallbacks.map(\.isClients) == [true, false, false, false])
        #expect(told.json.contains(#""fallbacks":[{"model":"loose","from":"client","on":["connect","#))
        #expect(told.text.contains(#"falls back to "loose", named by the client, after: connect, tls"#))
    }

    @Test func `hedges, repetitions and keys are told, keys by their last four characters`() throws {
        let told = try explain("small")
        let json = told.json
        #expect(json.contains(#""hedge":{"after_ms":300,"budget":0.1},"mid_stream":["splice","fail"]"#))
        #expect(json.contains(#""keys":["…77ab","…"],"retry":{"attempts":3,"backoff_ms":100,"factor":2,"#))
        #expect(!json.contains("secret") && !told.text.contains("secret") && !told.text.contains("sk-9"))
        #expect(told.text.contains("    keys: …77ab, …\n    retry: attempts 3, backoff ms 100, factor 2.0"))
        #expect(told.text.contains("\nhedge: after ms 300, budget 0.1\n"))
    }

    @Test func `a model without any of it tells so`() throws {
        let told = try explain("big")
        #expect(told.json.contains(#""hedge":null"#) && told.json.contains(#""fallbacks":[]"#))
        #expect(told.json.contains(#""keys":["the caller's own"]"#))
        #expect(!told.text.contains("falls back") && !told.text.contains("hedge"))
    }
}
