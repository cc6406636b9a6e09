import Testing
import Upstreams

@testable import Gateway

struct MagiRequestsTests {
    private let parser = JSONParser()

    private func requests(_ body: String) throws -> MagiRequests {
        let text = #"{ "panel": { "kind": "magi", "coder": "echo" }, "echo": { "kind": "echo" } }"#
        let configuration = try ConfigFixture.load(ConfigFixture.root(["upstreams": text]))
        guard case .magi(let settings) = configuration.upstreams[0].kind else { throw UpstreamError(.malformed, "") }
        let asked = CompletionRequest(
            document: try parser.parse(text: body), model: "code", isStream: false, wantsUsage: false, requestID: "r1")
        return MagiRequests(settings, for: asked, parser)
    }

    private func roles(_ request: CompletionRequest) -> [String] {
        request.document.root["messages"]?.elements.compactMap { $0["role"]?.string } ?? []
    }

    @Test("the coder gets the conversation as it is, and what decides how it answers")
    func coder() throws {
        let body = #"""
            {"model": "code", "temperature": 0.20, "tools": [1], "n": 2,
             "messages": [{"role": "user", "content": "Write add.", "x": 1.0}]}
            """#
        let request = try requests(body).coder(after: [])
        let root = request.document.root
        #expect(request.isStream && request.wantsUsage && request.requestID == "r1" && request.model == "echo")
        #expect(roles(request) == ["system", "user"])
        #expect(root["temperature"]?.double == 0.2 && root["tools"] == nil && root["n"] == nil)
        #expect(root["stream"]?.bool == true && root["stream_options"]?["include_usage"]?.bool == true)
        #expect(root["messages"]?.elements.map { $0 }.last?["x"]?.double == 1)
    }

    @Test("the coder of a further version gets each version before with all reviews that say something")
    func rewriting() throws {
        let reviews = [
            MagiReview(reviewer: "a", decision: .negative, reason: "too long"),
            MagiReview(reviewer: "b", decision: .positive, reason: "fine"),
            MagiReview(reviewer: "c", decision: .abstained, reason: "was late"),
        ]
        let round = MagiRun.Round(code: CodeBlock(language: "c", code: "int x;"), isCut: false, reviews: reviews)
        let request = try requests(#"{"messages": [{"role": "user", "content": "Write."}]}"#).coder(after: [
            round, round,
        ])
        #expect(roles(request) == ["system", "user", "assistant", "user", "assistant", "user"])
        let messages = request.document.root["messages"]?.elements.compactMap { $0["content"]?.string } ?? []
        #expect(messages[2] == "```c\nint x;\n```")
        #expect(messages[3].hasPrefix("Version 1 of at most 3 was rejected."))
        #expect(messages[5].contains("\n- a: NEGATIVE: too long\n- b: POSITIVE: fine\n"))
        #expect(!messages[5].contains("late"))
    }

    @Test("a reviewer gets the request, the code and the form of its answer; asked once more, its own answer as well")
    func review() throws {
        let requests = try requests(
            #"""
            {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content":
             [{"type": "text", "text": "Write"}, {"type": "image_url"}, {"type": "text", "text": "add."}]}]}
            """#)
        let reviewer = MagiReviewerConfiguration.panel[0]
        let code = CodeBlock(language: "c", code: "int x;")
        let first = try requests.review(by: reviewer, of: code, iteration: 2)
        #expect(roles(first) == ["system", "user"] && first.model == "echo")
        let texts = first.document.root["messages"]?.elements.compactMap { $0["content"]?.string } ?? []
        #expect(texts[0].contains("correctness") && texts[0].hasSuffix(MagiPrompts.form))
        #expect(texts[1].contains("system: Be brief.\n\nuser: Write\nadd.") && texts[1].contains(code.fenced))
        let again = try requests.review(
            by: reviewer, of: code, iteration: 2, repair: ("Sure!", MagiVerdict.Fault(message: "it is odd")))
        #expect(roles(again) == ["system", "user", "assistant", "user"])
    }
}
