import Testing

@testable import Upstreams

/// Answers of a provider that are no streams: whole completions and errors.
struct OpenAIAnswerTests {
    typealias Fixture = OpenAIFixture

    private static let completion = #"{"id":"c","choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}"#

    @Test func `a whole answer is one event, byte for byte, however it came`() throws {
        for size in [1, 7, 1000] {
            let fixture = Fixture()
            let transfer = try fixture.whole()
            let bytes = Array(Self.completion.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                transfer.receive(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            transfer.end()
            #expect(fixture.sink.events == [Self.completion])
            #expect(fixture.sink.order == ["begin", "event", "end"])
            #expect(fixture.sink.isComplete)
            #expect(fixture.sink.facts.first?.hasContent == true)
            fixture.expectNothingLeft()
        }
    }

    @Test(arguments: ["", "null", "[]", "{\"a\":1", "<html>"])
    func `a whole answer that is no JSON object is malformed`(body: String) throws {
        let fixture = Fixture()
        let transfer = try fixture.whole()
        transfer.receive(body)
        transfer.end()
        #expect(fixture.sink.error?.cause == .malformed)
        #expect(fixture.sink.events.isEmpty)
        fixture.expectNothingLeft()
    }

    @Test func `a whole answer that is cut is truncated, though its bytes are a JSON object`() throws {
        let fixture = Fixture()
        let transfer = try fixture.whole()
        transfer.receive("{}")
        transfer.end(.truncated)
        #expect(fixture.sink.error?.cause == .truncated)
        #expect(fixture.sink.events.isEmpty)
    }

    @Test func `a whole answer above its bound ends the transfer`() throws {
        let fixture = Fixture()
        let transfer = try fixture.whole()
        transfer.receive([UInt8](repeating: 0x20, count: 8192))
        #expect(!fixture.sink.hasEnded)
        transfer.receive(" ")
        #expect(fixture.sink.error?.cause == .oversized)
        #expect(transfer.isCancelled)
        fixture.expectNothingLeft()
    }

    // MARK: Statuses

    @Test(arguments: [400, 404, 408, 409, 422, 429, 500, 503, 599])
    func `an error keeps its status, its fields and its body`(status: Int) throws {
        for isStream in [true, false] {
            let fixture = Fixture()
            try fixture.start(ChatRequest.saying("hi", isStream: isStream))
            let transfer = try fixture.transfer
            transfer.receiveHead(status, "content-type: application/json\r\nretry-after: 7\r\n")
            transfer.receive(#"{"error":"#)
            transfer.receive(#"{"message":"no"}}"#)
            transfer.end()
            let error = try #require(fixture.sink.error)
            #expect(error.cause == .status)
            #expect(error.answer?.head.status == status)
            #expect(error.answer?.head.value(of: "retry-after") == "7")
            #expect(String(decoding: error.answer?.body ?? [], as: UTF8.self) == #"{"error":{"message":"no"}}"#)
            #expect(fixture.sink.order == ["end"])
            fixture.expectNothingLeft()
        }
    }

    @Test(arguments: [401, 403])
    func `a refusal of the gateway's own key hides the provider's words`(status: Int) throws {
        let fixture = Fixture()
        let transfer = try fixture.whole(status: status)
        transfer.receive(#"{"error":{"message":"Incorrect API key provided: sk-secret"}}"#)
        transfer.end()
        #expect(fixture.sink.error?.cause == .authentication)
        #expect(fixture.sink.error?.answer == nil)
        #expect(fixture.sink.error?.message.contains("secret") == false)
    }

    @Test(arguments: [401, 403])
    func `a refusal of the caller's key is passed on`(status: Int) throws {
        let fixture = Fixture { $0.passesCallerKey = true }
        let transfer = try fixture.whole(status: status)
        transfer.receive("{}")
        transfer.end()
        #expect(fixture.sink.error?.cause == .status)
        #expect(fixture.sink.error?.answer?.head.status == status)
    }

    @Test(arguments: [301, 302, 307, 308])
    func `a redirect is not followed and its target not told`(status: Int) throws {
        let fixture = Fixture()
        let transfer = try fixture.whole(status: status, "location: http://internal/\r\n")
        transfer.end()
        #expect(fixture.sink.error?.cause == .malformed)
        #expect(fixture.sink.error?.answer == nil)
        #expect(fixture.transport.requests.count == 1)
    }

    @Test func `the body of an error is kept up to a bound, without holes`() throws {
        let fixture = Fixture()
        let transfer = try fixture.whole(status: 500)
        for byte in UInt8(1)...5 { transfer.receive([UInt8](repeating: byte, count: 100_000)) }
        transfer.receive("end")
        transfer.end()
        let body = try #require(fixture.sink.error?.answer?.body)
        let sent = (UInt8(1)...5).flatMap { [UInt8](repeating: $0, count: 100_000) }
        #expect(body.count == 256 * 1024)
        #expect(body.elementsEqual(sent.prefix(256 * 1024)))
    }
}
