import Testing

@testable import Upstreams

/// What the echo model says to a stream, event by event.
struct EchoStreamTests {
    @Test func `a stream by words is role, words, finish, usage`() throws {
        let sink = try EchoFixture().play(ChatRequest.saying("Hello, you two"))
        let head =
            #"{"id":"chatcmpl-req_1-1","object":"chat.completion.chunk","created":1700000000,"model":"echo-1","#
            + #""system_fingerprint":"fp_echo","choices":["#
        func chunk(_ delta: String, _ reason: String = "null") -> String {
            head + #"{"index":0,"delta":\#(delta),"logprobs":null,"finish_reason":\#(reason)}]}"#
        }
        #expect(
            sink.events == [
                chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"content":"Hello, "}"#),
                chunk(#"{"content":"you "}"#), chunk(#"{"content":"two"}"#), chunk("{}", #""stop""#),
                head + #"],"usage":{"prompt_tokens":3,"completion_tokens":3,"total_tokens":6}}"#,
            ])
        #expect(sink.order == ["begin"] + [String](repeating: "event", count: 6) + ["end"])
        #expect(sink.isComplete)
    }

    @Test(arguments: [
        (EchoUpstream.Settings.Chunk.word, ["one ", "two\n", "thr\u{E9}e ", "\u{1F600}\r\n", "end"]),
        (.line, ["one two\n", "thr\u{E9}e \u{1F600}\r\n", "end"]),
        (.whole, ["one two\nthr\u{E9}e \u{1F600}\r\nend"]),
        (.character, "one two\nthr\u{E9}e \u{1F600}\r\nend".map(String.init)),
    ])
    func `the text is cut as configured and loses nothing`(
        chunk: EchoUpstream.Settings.Chunk, expected: [String]
    ) throws {
        let text = "one two\nthr\u{E9}e \u{1F600}\r\nend"
        let sink = try EchoFixture { $0.chunk = chunk }.play(ChatRequest.saying(text))
        let texts = try EchoFixture.texts(of: sink)
        #expect(texts == expected)
        #expect(texts.joined() == text)
    }

    @Test func `what is said of each event is what a parser finds in it`() throws {
        let request = try ChatRequest.saying("call f {}\nhi", #","n":2,"tools":[{"function":{"name":"f"}}]"#)
        let sink = EchoFixture().play(request)
        #expect(sink.isComplete)
        for (event, facts) in zip(sink.events, sink.facts) {
            let found = try JSONParser().chunkFacts(Array(event.utf8))
            #expect(found == facts, "\(event)")
        }
    }

    @Test func `each choice is said whole, one after the other`() throws {
        let sink = try EchoFixture().play(ChatRequest.saying("a b", #","n":2"#))
        let choices = try sink.events.dropLast().map { try EchoFixture.choice($0)["index"]?.int }
        #expect(choices == [0, 0, 0, 0, 1, 1, 1, 1])
        let usage = try JSONParser().parse(try #require(sink.events.last)).root["usage"]
        #expect(usage?["completion_tokens"]?.int == 4)
        #expect(usage?["prompt_tokens"]?.int == 2)
    }

    @Test func `an empty message is answered with nothing, properly`() throws {
        let sink = try EchoFixture().play(ChatRequest.saying(""))
        #expect(sink.events.count == 3)
        #expect(sink.isComplete)
    }

    @Test func `the whole answer is one event`() throws {
        let sink = try EchoFixture().play(ChatRequest.saying("a b", #","n":2"#, isStream: false))
        let answer = try JSONParser().parse(try #require(sink.events.first)).root
        #expect(sink.order == ["begin", "event", "end"])
        #expect(answer["object"]?.string == "chat.completion")
        #expect(answer["choices"]?.count == 2)
        for choice in try #require(answer["choices"]).elements {
            #expect(choice["message"]?["role"]?.string == "assistant")
            #expect(choice["message"]?["content"]?.string == "a b")
            #expect(choice["finish_reason"]?.string == "stop")
        }
        #expect(answer["usage"]?["total_tokens"]?.int == 6)
    }

    @Test func `a failure after some events breaks the stream off, never cleanly`() throws {
        for limit in 0...3 {
            let sink = try EchoFixture { $0.failAfter = limit }.play(ChatRequest.saying("a b c d"))
            #expect(try EchoFixture.texts(of: sink).count == limit)
            #expect(sink.error?.cause == .truncated)
            #expect(sink.order.last == "end")
        }
        let whole = try EchoFixture { $0.failAfter = 2 }.play(ChatRequest.saying("a b c", isStream: false))
        #expect(whole.error?.cause == .truncated)
        #expect(whole.events.isEmpty)
    }

    @Test(arguments: [400, 401, 429, 500, 503])
    func `a configured status answers every call`(status: Int) throws {
        let sink = try EchoFixture { $0.status = status }.play(ChatRequest.saying("a"))
        #expect(sink.order == ["end"])
        #expect(sink.error?.cause == .status)
        #expect(sink.error?.answer?.head.status == status)
        let facts = try JSONParser().chunkFacts(sink.error?.answer?.body ?? [])
        #expect(facts.hasError)
    }
}
