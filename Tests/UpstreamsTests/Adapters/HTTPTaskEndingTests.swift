import Testing

@testable import Upstreams

/// How jobs fail, and that none goes on which nobody wants.
struct HTTPTaskEndingTests {
    typealias Fixture = HTTPTaskFixture

    @Test(arguments: [
        (#"{"status":"failed","error":"no memory"}"#, "no memory"),
        (#"{"status":"failed","error":{"message":"no disk"}}"#, "no disk"),
        (#"{"status":"failed"}"#, "The provider's job failed without a message."),
        (#"{"status":"done","error":"nothing"}"#, "nothing"),
    ])
    func `a job that failed is an error with its own words`(answer: String, message: String) throws {
        let fixture = Fixture()
        try fixture.submit()
        fixture.wait(100)
        try fixture.answer(answer)
        #expect(fixture.sink.error?.cause == .inBand)
        let told = try #require(try fixture.sink.error?.answer?.toldError)
        #expect(told["message"]?.string == message && told["code"]?.string == "job_failed")
        #expect(fixture.asked.count == 2, "a job that is over is not cancelled")
        fixture.expectNothingLeft()
    }

    @Test(arguments: [
        #"{"status":"done"}"#, #"{"status":"lost"}"#, "{}", "<html>", #"{"status":"done","result":"other than told"}"#,
    ])
    func `an answer that cannot be understood is an error, and the job is cancelled`(answer: String) throws {
        let fixture = Fixture()
        try fixture.submit()
        fixture.wait(100)
        try fixture.answer(#"{"status":"running","text":"told"}"#)
        fixture.wait(100)
        try fixture.answer(answer)
        #expect(fixture.sink.error?.cause == .malformed)
        #expect(fixture.asked.dropFirst(3) == (answer.contains("done") ? [] : ["DELETE /jobs/j%2F1"]))
    }

    @Test func `one look may fail, two in a row end the job`() throws {
        let fixture = Fixture()
        try fixture.submit()
        fixture.wait(100)
        try fixture.answer("busy", status: 503)
        fixture.wait(200)
        try fixture.answer(#"{"status":"running"}"#)
        fixture.wait(400)
        try fixture.transfer.end(.truncated)
        fixture.wait(400)
        #expect(!fixture.sink.hasEnded)
        fixture.wait(300)
        #expect(fixture.sink.error?.cause == .idleTimeout)
        #expect(fixture.asked.last == "DELETE /jobs/j%2F1")
        try fixture.answer("{}", status: 404)
        fixture.expectNothingLeft()
    }

    @Test(arguments: [
        (#"{"error":"bad prompt"}"#, 400, "invalid_request_error"), (#"{"error":"slow down"}"#, 429, "requests"),
        (#"{"error":"oh"}"#, 500, "server_error"),
    ])
    func `a refused submission is told in OpenAI's form`(body: String, status: Int, type: String) throws {
        let fixture = Fixture()
        try fixture.start()
        try fixture.answer(body, status: status)
        #expect(fixture.sink.error?.cause == .status && fixture.sink.error?.answer?.head.status == status)
        #expect(try #require(try fixture.sink.error?.answer?.toldError)["type"]?.string == type)
        #expect(fixture.asked.count == 1 && fixture.sink.head == nil)
        fixture.expectNothingLeft()
    }

    @Test(arguments: [#"{"status":"queued"}"#, #"{"id":"","status":"queued"}"#, #"{"id":[1]}"#])
    func `a job without a name is an error`(body: String) throws {
        let fixture = Fixture()
        try fixture.start()
        try fixture.answer(body)
        #expect(fixture.sink.error?.cause == .malformed && fixture.asked.count == 1)
        fixture.expectNothingLeft()
    }

    @Test func `a job whose time is over is cancelled`() throws {
        let fixture = Fixture()
        try fixture.submit()
        while !fixture.sink.hasEnded, fixture.asked.count < 100 {
            fixture.wait(100)
            if try !fixture.transfer.isOver { try fixture.answer(#"{"status":"running"}"#) }
        }
        #expect(fixture.sink.error?.cause == .totalTimeout)
        #expect(fixture.asked.last == "DELETE /jobs/j%2F1")
        fixture.expectNothingLeft()
    }

    @Test func `more text than is allowed ends the job`() throws {
        let fixture = Fixture()
        try fixture.submit()
        fixture.wait(100)
        try fixture.answer(#"{"status":"running","text":"\#(String(repeating: "x", count: 20_000))"}"#)
        #expect(fixture.sink.error?.cause == .oversized && fixture.asked.last == "DELETE /jobs/j%2F1")
    }

    @Test(arguments: [true, false])
    func `a client that leaves between or within looks cancels the job`(isLooking: Bool) throws {
        let fixture = Fixture()
        let call = try fixture.submit()
        fixture.wait(isLooking ? 100 : 50)
        let look = try fixture.transfer
        call.cancel()
        #expect(look.isCancelled == isLooking)
        #expect(fixture.asked.last == "DELETE /jobs/j%2F1")
        #expect(fixture.provider.inFlight.current == 0)
        try fixture.answer("{}")
        fixture.wait(10_000)
        #expect(fixture.sink.order == ["begin"])
        fixture.expectNothingLeft()
    }

    @Test func `a client that leaves during the submission has its job cancelled once it has a name`() throws {
        let fixture = Fixture()
        let call = try fixture.start()
        call.cancel()
        #expect(try !fixture.transfer.isCancelled)
        #expect(fixture.provider.inFlight.current == 0)
        try fixture.answer(#"{"id":"late"}"#)
        #expect(fixture.asked == ["POST /jobs?by=m", "DELETE /jobs/late"])
        try fixture.answer("{}")
        #expect(fixture.sink.isUntouched)
        fixture.expectNothingLeft()
    }

    @Test func `a submission that has not left yet does not leave`() throws {
        let fixture = Fixture()
        let call = try fixture.start()
        try fixture.transfer.isConnected = false
        call.cancel()
        #expect(try fixture.transfer.isCancelled && fixture.asked.count == 1)
        fixture.expectNothingLeft()
    }

    @Test func `where jobs cannot be cancelled the call just ends`() throws {
        let fixture = Fixture { $0.cancel = nil }
        try fixture.submit().cancel()
        #expect(fixture.asked.count == 1)
        fixture.expectNothingLeft()
    }
}
