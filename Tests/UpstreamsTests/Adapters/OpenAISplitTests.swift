import Testing

@testable import Upstreams

/// Streams as providers send them, cut at every byte.
struct OpenAISplitTests {
    /// Line ends, spacing, comments, types and Unicode as they are met in the wild.
    static let streams: [String] = [
        """
        data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

        data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Grüße, 日本 😀"},"finish_reason":null}]}

        data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}

        data: [DONE]


        """,
        ": OPENROUTER PROCESSING\n\ndata:{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n: ping\n\ndata:[DONE]\n\n",
        "event: message\r\nid: 7\r\ndata: {\"choices\":[{\"delta\":\r\ndata: {\"content\":\"é\"}}]}\r\n\r\ndata: [DONE]\r\n\r\n",
        "\u{FEFF}data: {\"choices\":[{\"delta\":{\"content\":\"a\\n\\u00e9\"}}]}\r\rdata: [DONE]\r\r",
        "retry: 10\n\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"x\"}]}}]}\n\ndata: [DONE]",
    ]

    private func play(_ pieces: [[UInt8]]) throws -> RecordingSink {
        let fixture = OpenAIFixture()
        let transfer = try fixture.stream()
        for piece in pieces { transfer.receive(piece) }
        transfer.end()
        fixture.expectNothingLeft()
        return fixture.sink
    }

    @Test(arguments: streams)
    func `a stream is the same wherever it is cut`(stream: String) throws {
        let bytes = Array(stream.utf8)
        let whole = try play([bytes])
        try #require(whole.isComplete)
        #expect(!whole.events.isEmpty)
        for cut in 1..<bytes.count {
            let parts = try play([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(parts.isComplete, "cut at \(cut)")
            #expect(parts.events == whole.events, "cut at \(cut)")
            #expect(parts.facts == whole.facts, "cut at \(cut)")
        }
        let single = try play(bytes.map { [$0] })
        #expect(single.isComplete)
        #expect(single.events == whole.events)
    }

    @Test func `a recorded stream gives its events and what they say`() throws {
        let sink = try play([Array(Self.streams[0].utf8)])
        #expect(sink.events.count == 4)
        #expect(sink.facts.map(\.hasContent) == [false, true, false, false])
        #expect(sink.facts.map(\.hasFinishReason) == [false, false, true, false])
        #expect(sink.facts.last?.usage?.totalTokens == 8)
    }

    @Test(arguments: streams)
    func `a stream whose connection ends early is never complete`(stream: String) throws {
        let bytes = Array(stream.utf8)
        // The last byte of `[DONE]` is the last bracket.
        let mark = try #require(bytes.lastIndex(of: UInt8(ascii: "]")))
        for cut in 0...mark {
            let sink = try play([Array(bytes[..<cut])])
            #expect(sink.error?.cause == .truncated, "cut at \(cut)")
        }
    }
}
