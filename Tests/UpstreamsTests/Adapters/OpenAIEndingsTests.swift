import Testing

@testable import Upstreams

/// Every way in which a stream of a provider can end, and what the sink is told of it.
struct OpenAIEndingsTests {
    typealias Fixture = OpenAIFixture

    @Test func `a stream with its end mark is complete`() throws {
        let fixture = Fixture()
        let transfer = try fixture.stream()
        transfer.receive(Fixture.delta("a") + Fixture.delta("b") + Fixture.done)
        #expect(!fixture.sink.hasEnded, "the transfer is not over")
        transfer.end()
        #expect(fixture.sink.events == [Fixture.chunk("a"), Fixture.chunk("b")])
        #expect(fixture.sink.order == ["begin", "event", "event", "end"])
        #expect(fixture.sink.isComplete)
        fixture.expectNothingLeft()
    }

    @Test func `an end mark without a line end is an end mark when the transfer came whole`() throws {
        for end in ["data: [DONE]", "data: [DONE]\n", "data:[DONE]\r"] {
            let fixture = Fixture()
            let transfer = try fixture.stream()
            transfer.receive(Fixture.delta("a") + end)
            transfer.end()
            #expect(fixture.sink.isComplete, "\(end.debugDescription)")
            #expect(fixture.sink.events.count == 1)
        }
    }

    @Test(arguments: ["", "data: {\"cho", "data: {}", ": comment\n\n", "data: [DON"])
    func `a stream without its end mark is truncated however cleanly it closed`(rest: String) throws {
        let fixture = Fixture()
        let transfer = try fixture.stream()
        transfer.receive(Fixture.delta("a") + rest)
        transfer.end()
        #expect(fixture.sink.error?.cause == .truncated)
        #expect(fixture.sink.events.count == 1)
        fixture.expectNothingLeft()
    }

    @Test func `a transfer cut in the middle is truncated, also behind the end mark`() throws {
        for text in [Fixture.delta("a"), Fixture.delta("a") + Fixture.done] {
            let fixture = Fixture()
            let transfer = try fixture.stream()
            transfer.receive(text)
            transfer.end(.truncated)
            #expect(fixture.sink.error?.cause == .truncated)
            #expect(fixture.sink.error?.message == "The provider's answer ended before it was complete.")
            fixture.expectNothingLeft()
        }
    }

    @Test func `what follows the end mark is passed over`() throws {
        let fixture = Fixture()
        let transfer = try fixture.stream()
        transfer.receive(Fixture.delta("a") + Fixture.done + Fixture.delta("late") + "data: not JSON\n\n")
        transfer.end()
        #expect(fixture.sink.events.count == 1)
        #expect(fixture.sink.isComplete)
    }

    @Test(arguments: ["", "data: {}\n\n", "data: {\"choices\":[],\"usage\":null}\n\n"])
    func `a stream without choices is no answer`(_ events: String) throws {
        let fixture = Fixture()
        let transfer = try fixture.stream()
        transfer.receive(events + Fixture.done)
        transfer.end()
        #expect(fixture.sink.error?.cause == .malformed)
        #expect(fixture.sink.error?.message == "The provider's stream has no choices.")
    }

    @Test(arguments: [
        "data: {\"a\":\n\n", "data: hello\n\n", "data: [1]\n\n", "data: 1\n\n", "data\n\n", "data: {}x\n\n",
    ])
    func `an event that is no JSON object ends the stream and its transfer`(event: String) throws {
        let fixture = Fixture()
        let transfer = try fixture.stream()
        transfer.receive(Fixture.delta("a") + event + Fixture.delta("b") + Fixture.done)
        #expect(fixture.sink.error?.cause == .malformed)
        #expect(fixture.sink.events == [Fixture.chunk("a")], "nothing behind it is handed on")
        #expect(transfer.isCancelled)
        fixture.expectNothingLeft()
    }

    @Test func `an event above its bound is told as such, whole or in pieces`() throws {
        let large = Fixture.delta(String(repeating: "x", count: 5000))
        for size in [large.utf8.count, 1000, 1] {
            let fixture = Fixture()
            let transfer = try fixture.stream()
            let bytes = Array((Fixture.delta("a") + large).utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                transfer.receive(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(fixture.sink.error?.cause == .oversized)
            #expect(fixture.sink.events == [Fixture.chunk("a")])
            #expect(transfer.isCancelled)
            fixture.expectNothingLeft()
        }
    }

    @Test func `an error in the stream is kept as the provider wrote it`() throws {
        let event = #"{"error":{"message":"busy","type":"server_error","param":null,"code":null}}"#
        let fixture = Fixture()
        let transfer = try fixture.stream()
        transfer.receive(Fixture.delta("a") + "data: \(event)\n\n" + Fixture.done)
        #expect(fixture.sink.error?.cause == .inBand)
        #expect(fixture.sink.error.map { String(decoding: $0.answer?.body ?? [], as: UTF8.self) } == event)
        #expect(transfer.isCancelled)
        fixture.expectNothingLeft()
    }

    @Test func `an answer to a stream that is no stream is malformed and never begins`() throws {
        let fixture = Fixture()
        try fixture.start()
        let transfer = try fixture.transfer
        transfer.receiveHead(200, "content-type: application/json\r\n")
        #expect(fixture.sink.order == ["end"])
        #expect(fixture.sink.error?.cause == .malformed)
        #expect(transfer.isCancelled)
        fixture.expectNothingLeft()
    }

    @Test(arguments: [
        (TransportFailure.resolve, UpstreamError.Cause.connect), (.connect, .connect),
        (.connectTimeout, .connectTimeout), (.tls(certificate: true), .tls), (.tls(certificate: false), .tls),
        (.truncated, .truncated), (.protocolViolation, .malformed), (.other(7), .truncated),
    ])
    func `a failure below HTTP ends the call without a beginning`(
        failure: TransportFailure, cause: UpstreamError.Cause
    ) throws {
        let fixture = Fixture()
        try fixture.start()
        try fixture.transfer.end(failure)
        #expect(fixture.sink.order == ["end"])
        #expect(fixture.sink.error?.cause == cause)
        fixture.expectNothingLeft()
    }

    @Test func `a transfer that ends without a head is truncated`() throws {
        let fixture = Fixture()
        try fixture.start()
        try fixture.transfer.end()
        #expect(fixture.sink.error?.cause == .truncated)
        #expect(fixture.sink.error?.message == "The provider closed the connection before it answered.")
    }
}
