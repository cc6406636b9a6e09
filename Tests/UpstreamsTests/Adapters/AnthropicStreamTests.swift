import Testing

@testable import Upstreams

/// Answers of the Messages API, streamed and whole.
struct AnthropicStreamTests {
    @Test(arguments: ["text", "tools", "thinking", "refusal"])
    func `a golden stream gives its chunks wherever it is cut`(name: String) throws {
        try Golden.expectStream("anthropic/\(name)", endingWith: #""message_stop"}"#) { .anthropic() }
    }

    @Test func `a golden message gives its completion`() throws {
        let body = String(decoding: try Golden.bytes("anthropic/message.json"), as: UTF8.self)
        let sink = try ProviderFixture.anthropic().answer(body)
        #expect(sink.isComplete)
        #expect(sink.events == (try Golden.lines("anthropic/message.expected.json")))
        #expect(try sink.facts.first == JSONParser().chunkFacts(of: sink.events[0]))
        #expect(sink.facts.first?.usage?.cachedTokens == 5)
    }

    static let start = """
        data: {"type":"message_start","message":{"id":"msg_1","model":"c","usage":{"input_tokens":1}}}


        """
    static let text = """
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"hello"}}


        """

    @Test func `nothing is said before the model says something, and that is waited for`() throws {
        let fixture = ProviderFixture.anthropic()
        try fixture.start()
        try fixture.transfer.receiveHead(200)
        try fixture.transfer.receive(Self.start)
        fixture.reactor.advance(milliseconds: 1000)
        #expect(fixture.sink.error?.cause == .firstEventTimeout)
        #expect(fixture.sink.events.isEmpty)
        fixture.expectNothingLeft()
    }

    @Test func `pings do not keep a silent stream alive`() throws {
        let fixture = ProviderFixture.anthropic()
        try fixture.start()
        let transfer = try fixture.transfer
        transfer.receiveHead(200)
        transfer.receive(Self.start + Self.text)
        for _ in 0..<30 {
            transfer.receive("event: ping\ndata: {\"type\":\"ping\"}\n\n")
            fixture.reactor.advance(milliseconds: 10)
        }
        #expect(fixture.sink.error?.cause == .idleTimeout)
        fixture.expectNothingLeft()
    }

    @Test(
        arguments: [
            ("overloaded_error", 503, "server_is_overloaded"), ("rate_limit_error", 429, "rate_limit_exceeded"),
            ("api_error", 500, nil), ("something_new", 500, nil),
        ] as [(String, Int, String?)])
    func `an error event is an in-band error with a status and OpenAI's words`(
        type: String, status: Int, code: String?
    ) throws {
        let error = #"data: {"type":"error","error":{"type":"\#(type)","message":"theirs"}}"# + "\n\n"
        let sink = try ProviderFixture.anthropic().play([Array((Self.start + Self.text + error).utf8)])
        #expect(sink.events.count == 2)
        #expect(sink.error?.cause == .inBand)
        let answer = try #require(sink.error?.answer)
        #expect(answer.head.status == status)
        let told = try JSONParser().parse(String(decoding: answer.body, as: UTF8.self)).root["error"]
        #expect(told?["message"]?.string == "theirs")
        #expect(told?["code"]?.string == code)
    }

    @Test(arguments: [
        "data: not json\n\n", "data: []\n\n", "data: {}\n\n", "data: {\"type\":\"message_stop\"}\n\n",
        "data: [DONE]\n\n",
    ])
    func `what is no event of the API is malformed`(event: String) throws {
        let sink = try ProviderFixture.anthropic().play([Array((Self.start + Self.text + event).utf8)])
        #expect(sink.error?.cause == .malformed)
    }

    @Test func `content before the message's start is malformed`() throws {
        #expect(try ProviderFixture.anthropic().play([Array(Self.text.utf8)]).error?.cause == .malformed)
    }

    @Test func `thinking above the bound of an event is refused`() throws {
        let block = #"data: {"type":"content_block_start","content_block":{"type":"thinking"}}"# + "\n\n"
        let piece = #"data: {"type":"content_block_delta","delta":{"thinking":"0123456789"}}"# + "\n\n"
        let stream = Self.start + block + String(repeating: piece, count: 11)
        let sink = try ProviderFixture.anthropic { $0.maxEventBytes = 100 }.play([Array(stream.utf8)])
        #expect(sink.error?.cause == .oversized)
    }

    @Test(arguments: [
        "[]", "nonsense", "{}", #"{"type":"message","content":[]}"#, #"{"content":"x","stop_reason":"y"}"#,
    ])
    func `an answer that is no message is malformed`(body: String) throws {
        let sink = try ProviderFixture.anthropic().answer(body)
        #expect(sink.error?.cause == .malformed && sink.events.isEmpty)
    }

    @Test func `an error in place of a message is an error`() throws {
        let sink = try ProviderFixture.anthropic().answer(
            #"{"type":"error","error":{"type":"api_error","message":"x"}}"#)
        #expect(sink.error?.cause == .inBand)
    }
}
