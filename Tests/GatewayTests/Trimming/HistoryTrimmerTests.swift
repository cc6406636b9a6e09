import Policies
import Testing
import Upstreams

@testable import Gateway

/// Requests in, shortened requests out.
@Suite struct HistoryTrimmerTests {
    private let parser = JSONParser()

    private func trimmer(_ settings: String) throws -> HistoryTrimmer {
        let policies = #"[{ "kind": "trim_history", \#(settings) }]"#
        let configuration = try ConfigFixture.load(ConfigFixture.root(["policies": policies]))
        guard case .trimHistory(let trimming) = configuration.policies[0].kind else {
            throw UnexpectedKind()
        }
        return HistoryTrimmer(trimming, try Tokenizers(configuration.policies))
    }

    private struct UnexpectedKind: Error {}

    private func request(_ text: String) throws -> CompletionRequest {
        let document = try ByteBuffer(Array(text.utf8)).withBytes { try parser.parse($0) }
        return CompletionRequest(
            document: document, model: "m", isStream: true, wantsUsage: true, requestID: "r",
            fields: [HTTPField("x-a", "b")], callerKey: "k")
    }

    private func text(_ request: CompletionRequest?) -> String? {
        request?.document.withBytes { unsafe $0.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }

    @Test("dropped messages are cut out, every other byte stays, and the header has the numbers")
    func cuts() throws {
        let request = try request(
            #"{ "model":"m", "messages": [{"role":"system","content":"s"}, {"role":"user","content":"one"},"#
                + #" {"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{}"}}]},"#
                + #" {"role":"tool","tool_call_id":"c1","content":"1"} , {"role":"user","content":"two"}], "x":1.0 }"#)
        let result = try trimmer(#""max_messages": 3, "keep_last": 1"#).trim(request, contextTokens: nil)
        let left = #"[{"role":"system","content":"s"} , {"role":"user","content":"two"}]"#
        #expect(text(result?.request) == #"{ "model":"m", "messages": \#(left), "x":1.0 }"#)
        #expect(result?.droppedMessages == 3)
        #expect(result?.headerValue == "3/\(result?.droppedTokens ?? 0)")
        #expect(result?.request.isStream == true && result?.request.wantsUsage == true)
        #expect(result?.request.callerKey == "k" && result?.request.requestID == "r")
        #expect(result?.request.fields.count == 1 && result?.request.model == "m")
    }

    @Test("tokens that were counted before serve for the same request, and for no other")
    func shares() throws {
        let request = try request(
            #"{"messages":[{"role":"user","content":"one"},{"role":"user","content":"two"},{"role":"user","content":"3"}]}"#
        )
        let other = try self.request(#"{"messages":[]}"#)
        func count(_ document: JSONDocument, imageTokens: Int = 765) -> PromptCount {
            PromptCount(
                document: document, encoding: .o200k, imageTokens: imageTokens, fixed: 3, messages: [5000, 50, 5])
        }
        let trimmer = try trimmer(#""max_tokens": 100, "keep_last": 1"#)
        #expect(try trimmer.trim(request, contextTokens: nil, counted: count(request.document))?.droppedTokens == 5000)
        for unfit in [count(other.document), count(request.document, imageTokens: 1)] {
            #expect(try trimmer.trim(request, contextTokens: nil, counted: unfit) == nil)
        }
    }

    @Test("prompt and answer share the context of the model")
    func context() throws {
        let messages = (0..<20).map { #"{"role":"user","content":"message number \#($0)"}"# }.joined(separator: ",")
        let open = try request(#"{"messages":[\#(messages)]}"#)
        let bounded = try request(#"{"max_tokens":160,"messages":[\#(messages)]}"#)
        let trimmer = try trimmer(#""output_tokens": 0"#)
        #expect(try trimmer.trim(open, contextTokens: nil) == nil)
        #expect(try trimmer.trim(open, contextTokens: 300) == nil)
        let result = try #require(try trimmer.trim(bounded, contextTokens: 300))
        var tokens = PromptTokens(TokenCounter(estimatingFor: .o200k), imageTokens: 765)
        let all = tokens.prompt(bounded.document.root)
        let left = tokens.prompt(result.request.document.root)
        #expect(left <= 140 && all > 140)
        #expect(result.droppedTokens == all - left)
        let error = #expect(throws: Refusal.self) { try trimmer.trim(bounded, contextTokens: 170) }
        #expect(error?.kind == .contextLength)
    }

    @Test("images, sound, files, tools and calls cost what the rule says")
    func rule() throws {
        var tokens = PromptTokens(TokenCounter(estimatingFor: .o200k), imageTokens: 700)
        func message(_ text: String) throws -> Int { tokens.message(try request(text).document.root) }
        #expect(try message(#"{"role":"user","content":""}"#) == 4)
        #expect(try message(#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}}]}"#) == 704)
        #expect(
            try message(#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"u","detail":"low"}}]}"#)
                == 89)
        let sound = String(repeating: "A", count: 4096)
        #expect(try message(#"{"role":"user","content":[{"input_audio":{"data":"\#(sound)"}}]}"#) == 7)
        #expect(try message(#"{"role":"tool","tool_call_id":"call_0123456789","content":""}"#) == 4)
        #expect(try message(#"{"role":"assistant","tool_calls":[{"id":"call_0123456789","function":{}}]}"#) == 7)
        #expect(tokens.count(try request(#"{"user":"somebody"}"#).document.root).fixed == 3)
        #expect(tokens.count(try request(#"{"tools":[{"type":"function"}]}"#).document.root).fixed > 5)
    }

    @Test("a vocabulary that cannot be used is named")
    func badVocabulary() throws {
        try ConfigFixture.withFiles(["v.tiktoken": "no vocabulary\n"]) { folder in
            let error = #expect(throws: TokenizerError.self) {
                try trimmer(#""tokenizer": { "file": "\#(folder)/v.tiktoken" }"#)
            }
            #expect(error?.description.contains("line 1") == true)
        }
    }

    @Test("a policy without any limit is a mistake")
    func nothingToTrimTo() {
        let policies = #"[{ "kind": "trim_history", "fit_context": false }]"#
        #expect(ConfigFixture.mistakes(ConfigFixture.root(["policies": policies])).count == 1)
    }
}
