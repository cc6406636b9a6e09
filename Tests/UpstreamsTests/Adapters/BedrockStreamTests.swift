import Testing

@testable import Upstreams

/// What streams of ConverseStream become, wherever they are cut.
struct BedrockStreamTests {
    private static func fixture() -> ProviderFixture {
        ProviderFixture { BedrockUpstream(client: $0, encoding: .init(), signer: nil) }
    }

    /// A stream in these pieces.
    private func play(_ pieces: [[UInt8]]) throws -> RecordingSink {
        let fixture = Self.fixture()
        try fixture.start()
        let transfer = try fixture.transfer
        transfer.receiveHead(200, "content-type: application/vnd.amazon.eventstream\r\n")
        for piece in pieces { transfer.receive(piece) }
        transfer.end(nil)
        fixture.expectNothingLeft()
        return fixture.sink
    }

    private static let answer =
        AmazonFrame.event("messageStart", #"{"role":"assistant"}"#)
        + AmazonFrame.event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"Gr\u00fcße"}}"#)
        + AmazonFrame.event("contentBlockStop", #"{"contentBlockIndex":0}"#)
        + AmazonFrame.event(
            "contentBlockStart", #"{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t","name":"f"}}}"#)
        + AmazonFrame.event("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"a\":1}"}}}"#)
        + AmazonFrame.event("contentBlockStop", #"{"contentBlockIndex":1}"#)
        + AmazonFrame.event("messageStop", #"{"stopReason":"tool_use"}"#)
        + AmazonFrame.event("metadata", #"{"usage":{"inputTokens":5,"outputTokens":2,"cacheReadInputTokens":3}}"#)

    /// A message that Amazon's own Python library, botocore 1.44.5, reads as the one that the test makes.
    private static let frame =
        "000000760000005296d5fade0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d74797065070010"
        + "6170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a22617373697374616e"
        + "74227d6fa8c599"

    @Test func `the framing is Amazon's`() {
        let bytes = AmazonFrame.event("messageStart", #"{"role":"assistant"}"#)
        #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == Self.frame)
    }

    @Test func `the checksum is the known one`() {
        let bytes = Array("123456789".utf8)
        #expect(unsafe CRC32.of(bytes.span.bytes) == 0xCBF4_3926)
    }

    @Test func `an answer is the same wherever it is cut, and no part of it is whole`() throws {
        let whole = try play([Self.answer])
        #expect(whole.isComplete && whole.events.count == 6)
        #expect(whole.events[1].contains(#""content":"Gr\u00fcße""#))
        #expect(whole.events[3].contains(#""arguments":"{\"a\":1}""#))
        #expect(whole.events[4].contains(#""finish_reason":"tool_calls""#))
        #expect(whole.facts[5].usage?.promptTokens == 8 && whole.facts[5].usage?.cachedTokens == 3)
        for cut in 0..<Self.answer.count {
            let (front, back) = (Array(Self.answer[..<cut]), Array(Self.answer[cut...]))
            let parts = try play([front, back])
            #expect(parts.isComplete && parts.events == whole.events, "cut at \(cut)")
            #expect(try play([front]).error?.cause == .truncated, "ends at \(cut)")
        }
    }

    @Test func `a damaged byte is an error, wherever it is`() throws {
        for place in Self.answer.indices {
            var bytes = Self.answer
            bytes[place] ^= 0x20
            let sink = try play([bytes])
            #expect(sink.error != nil, "at \(place)")
        }
    }

    @Test(arguments: [
        ("throttlingException", 429, "rate_limit_exceeded"),
        ("serviceUnavailableException", 503, "server_is_overloaded"),
    ])
    func `an exception is an error of its kind`(type: String, status: Int, code: String) throws {
        let bytes =
            AmazonFrame.event("messageStart", "{}") + AmazonFrame.event(type, #"{"message":"No."}"#, kind: "exception")
        let error = try #require(try play([bytes]).error)
        #expect(error.cause == .inBand && error.answer?.head.status == status)
        #expect(try error.answer?.toldError["code"]?.string == code)
    }

    @Test func `an error of the framing is an error`() throws {
        let headers =
            AmazonFrame.header(":message-type", "error") + AmazonFrame.header(":error-code", "InternalError")
            + AmazonFrame.header(":error-message", "broken")
        let bytes = AmazonFrame.event("messageStart", "{}") + AmazonFrame.frame(headers, [])
        let error = try #require(try play([bytes]).error)
        #expect(error.cause == .inBand && error.answer?.head.status == 500)
        #expect(try error.answer?.toldError["message"]?.string == "broken")
    }

    @Test func `headers of other types are passed over`() throws {
        let others: [UInt8] =
            [1, 0x61, 0, 1, 0x62, 1, 1, 0x63, 2, 9, 1, 0x64, 3, 9, 9, 1, 0x65, 4] + [9, 9, 9, 9]
            + [
                1, 0x66, 5, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0x67, 6, 0, 2, 9, 9, 1, 0x68, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0x69,
                9,
            ]
            + [UInt8](repeating: 9, count: 16)
        let headers =
            others + AmazonFrame.header(":event-type", "messageStart") + AmazonFrame.header(":message-type", "event")
        let begin = AmazonFrame.event("messageStart", #"{"role":"assistant"}"#)
        let bytes = AmazonFrame.frame(headers, Array("{}".utf8)) + Self.answer.dropFirst(begin.count)
        #expect(try play([bytes]).isComplete)
        #expect(try play([AmazonFrame.frame([1, 0x61, 10], [])]).error?.cause == .malformed)
        #expect(try play([AmazonFrame.frame([9, 0x61], [])]).error?.cause == .malformed)
    }

    private static func thought(_ member: String) -> [UInt8] {
        AmazonFrame.event(
            "contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{\#(member)}}}"#)
    }

    @Test func `thoughts are said, and go out whole for those who send them back`() throws {
        let bytes =
            AmazonFrame.event("messageStart", "{}") + Self.thought(#""text":"a""#) + Self.thought(#""text":"b""#)
            + Self.thought(#""signature":"s""#) + AmazonFrame.event("contentBlockStop", #"{"contentBlockIndex":0}"#)
            + Self.thought(#""redactedContent":"eA==""#)
            + AmazonFrame.event("contentBlockStop", #"{"contentBlockIndex":0}"#)
            + AmazonFrame.event("messageStop", #"{"stopReason":"end_turn"}"#)
            + AmazonFrame.event("metadata", #"{"usage":{}}"#)
        let events = try play([bytes]).events
        #expect(events[1].contains(#""reasoning_content":"a""#) && events[2].contains(#""reasoning_content":"b""#))
        #expect(events[3].contains(#""thinking_blocks":[{"type":"thinking","thinking":"ab","signature":"s"}]"#))
        #expect(events[4].contains(#""thinking_blocks":[{"type":"redacted_thinking","data":"eA=="}]"#))
        let whole = try Self.fixture().answer(
            #"{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"ab","#
                + #""signature":"s"}}},{"reasoningContent":{"redactedContent":"eA=="}},{"text":"x"}]}},"#
                + #""stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":2}}"#)
        #expect(
            whole.events.first?.contains(
                #""content":"x","refusal":null,"reasoning_content":"ab","thinking_blocks":[{"type":"thinking","#
                    + #""thinking":"ab","signature":"s"},{"type":"redacted_thinking","data":"eA=="}]"#) == true)
    }
}
