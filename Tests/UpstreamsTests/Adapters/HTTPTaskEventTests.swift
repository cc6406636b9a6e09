import Testing

@testable import Upstreams

/// Jobs that tell of themselves by server-sent events.
struct HTTPTaskEventTests {
    typealias Fixture = HTTPTaskFixture

    /// A job whose events come as the last transfer.
    private func following(_ change: (inout HTTPTaskUpstream.Settings) -> Void = { _ in }) throws -> Fixture {
        let fixture = Fixture.events(change)
        try fixture.submit()
        #expect(fixture.asked.last == "GET /jobs/j%2F1/events")
        #expect(fixture.requests.last?.values(of: "accept") == ["text/event-stream"])
        try fixture.transfer.receiveHead(200)
        return fixture
    }

    @Test func `pieces are told as they come, wherever the stream is cut`() throws {
        let events =
            "event: stage\ndata: {\"progress\":1}\n\ndata: {\"delta\":\"Grü\"}\r\n\r\n: x\n"
            + "data: {\"delta\":\"ße\"}\n\nevent: done\ndata: {}\n\n"
        let bytes = Array(events.utf8)
        for cut in 0..<bytes.count {
            let fixture = try following()
            let transfer = try fixture.transfer
            transfer.receive(Array(bytes[..<cut]))
            transfer.receive(Array(bytes[cut...]))
            #expect(fixture.sink.isComplete, "cut at \(cut)")
            #expect(try fixture.text == "Grüße")
            #expect(transfer.isCancelled && fixture.asked.count == 2)
            fixture.expectNothingLeft()
        }
    }

    @Test(arguments: [
        "data: {\"status\":\"done\"}\n\n", "event: done\ndata: 1\n\n", "data: [DONE]\n\n",
        "data: {\"status\":\"done\",\"result\":\"told\"}\n\n", "data: [DONE]\n",
    ])
    func `a job ends by its status, by an event's name, or by a mark`(event: String) throws {
        let fixture = try following()
        let transfer = try fixture.transfer
        transfer.receive("data: {\"delta\":\"told\"}\n\n" + event)
        transfer.end()
        #expect(fixture.sink.isComplete)
        #expect(try fixture.text == "told")
        fixture.expectNothingLeft()
    }

    @Test func `an end without anything told is no answer`() throws {
        let fixture = try following()
        try fixture.transfer.receive("event: done\ndata: {}\n\n")
        #expect(fixture.sink.error?.cause == .malformed)
        fixture.expectNothingLeft()
    }

    @Test func `a failure in an event is one`() throws {
        let fixture = try following()
        try fixture.transfer.receive("event: failed\ndata: {\"error\":\"oh\"}\n\ndata: {\"delta\":\"x\"}\n\n")
        #expect(fixture.sink.error?.answer?.head.status == 500 && fixture.asked.count == 2)
        #expect(try fixture.text.isEmpty)
        fixture.expectNothingLeft()
    }

    @Test(arguments: ["closed", "reset", "silent", "no events"])
    func `a stream of events that breaks leads to looks`(way: String) throws {
        let fixture = Fixture.events()
        try fixture.submit()
        let transfer = try fixture.transfer
        if way == "no events" {
            transfer.receiveHead(404, "")
        } else {
            transfer.receiveHead(200)
            transfer.receive("data: {\"delta\":\"Gr\"}\n\ndata: {\"del")
        }
        if way == "closed" { transfer.end() }
        if way == "reset" { transfer.end(.truncated) }
        if way == "silent" { fixture.wait(300) }
        #expect(transfer.isOver && fixture.asked.last == "GET /jobs/j%2F1")
        try fixture.answer(#"{"status":"running"}"#)
        fixture.wait(100)
        try fixture.answer(#"{"status":"done","result":"Grüße"}"#)
        #expect(fixture.sink.isComplete)
        #expect(try fixture.text == "Grüße")
        fixture.expectNothingLeft()
    }

    @Test func `what a broken stream told is not taken for the whole`() throws {
        let fixture = try following()
        try fixture.transfer.receive("data: {\"delta\":\"Gr\"}\n\n")
        try fixture.transfer.end()
        try fixture.answer(#"{"status":"done"}"#)
        #expect(fixture.sink.error?.cause == .malformed)
        fixture.expectNothingLeft()
    }

    @Test(arguments: [(nil, UpstreamError.Cause.truncated), (TransportFailure.truncated, .truncated)])
    func `without looks a broken stream is an error`(failure: TransportFailure?, cause: UpstreamError.Cause) throws {
        let fixture = try following { $0.polling = nil }
        try fixture.transfer.receive("data: {\"delta\":\"Gr\"}\n\n")
        try fixture.transfer.end(failure)
        #expect(fixture.sink.error?.cause == cause)
        #expect(fixture.asked.last == "DELETE /jobs/j%2F1")
    }

    @Test(arguments: [
        ("data: nonsense\n\n", UpstreamError.Cause.malformed),
        ("data: \(String(repeating: "x", count: 9000))", .oversized),
    ])
    func `an event that cannot be read ends the job`(event: String, cause: UpstreamError.Cause) throws {
        let fixture = try following()
        try fixture.transfer.receive(event)
        #expect(fixture.sink.error?.cause == cause && fixture.asked.last == "DELETE /jobs/j%2F1")
    }

    @Test func `bytes wind the clock of silence up, and a pause stops it`() throws {
        let fixture = Fixture.events()
        let call = try fixture.submit()
        let transfer = try fixture.transfer
        transfer.receiveHead(200)
        for _ in 0..<3 {
            fixture.wait(250)
            transfer.receive(": alive\n\n")
        }
        fixture.sink.isFull = true
        transfer.receive("data: {\"delta\":\"x\"}\n\n")
        fixture.wait(1000)
        #expect(transfer.isPaused && !transfer.isCancelled)
        fixture.sink.isFull = false
        call.resume()
        #expect(try fixture.text == "x")
        call.cancel()
        #expect(transfer.isCancelled && fixture.asked.last == "DELETE /jobs/j%2F1")
    }

    @Test func `a client that leaves upon an event hears nothing of those behind it`() throws {
        let fixture = Fixture.events()
        let call = try fixture.submit()
        fixture.sink.didAppend = { call.cancel() }
        try fixture.transfer.receiveHead(200)
        try fixture.transfer.receive("data: {\"delta\":\"a\"}\n\ndata: {\"delta\":\"b\"}\n\ndata: [DONE]\n\n")
        #expect(fixture.sink.order == ["begin", "event"])
        #expect(fixture.asked.last == "DELETE /jobs/j%2F1")
    }
}
