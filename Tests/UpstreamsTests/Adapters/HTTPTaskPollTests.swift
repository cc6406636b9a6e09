import Testing

@testable import Upstreams

/// Jobs that are looked at until they are over.
struct HTTPTaskPollTests {
    typealias Fixture = HTTPTaskFixture

    @Test func `a job is submitted, looked at ever more rarely, and its result is the answer`() throws {
        let fixture = Fixture()
        try fixture.submit()
        for pause in [100, 200, 400, 400] {
            fixture.wait(pause - 1)
            let before = fixture.asked.count
            fixture.wait(1)
            #expect(fixture.asked.count == before + 1, "after \(pause) ms")
            try fixture.answer(#"{"status":"running"}"#)
        }
        fixture.wait(400)
        try fixture.answer(#"{"status":"DONE","result":"all of it"}"#)
        #expect(fixture.sink.isComplete)
        #expect(try fixture.text == "all of it")
        #expect(fixture.asked == ["POST /jobs?by=m"] + Array(repeating: "GET /jobs/j%2F1", count: 5))
        #expect(fixture.requests[0].body == #"{"prompt":"hi"}"#)
        #expect(fixture.requests.allSatisfy { $0.values(of: "x-request-id") == ["req_1"] })
        #expect(fixture.sink.facts.last?.hasFinishReason == true)
        fixture.expectNothingLeft()
    }

    @Test func `a whole answer is made of the result alone`() throws {
        let fixture = Fixture()
        try fixture.submit(isStream: false)
        fixture.wait(100)
        try fixture.answer(#"{"status":"running","text":"al","progress":5}"#)
        fixture.wait(100)
        try fixture.answer(#"{"status":"done","result":"all"}"#)
        #expect(fixture.sink.isComplete && fixture.sink.events.count == 1)
        #expect(try fixture.text == "all")
        fixture.expectNothingLeft()
    }

    @Test func `text so far is told piece by piece, and looks come often again`() throws {
        let fixture = Fixture()
        try fixture.submit()
        fixture.wait(100)
        try fixture.answer(#"{"status":"running","text":"Gr"}"#)
        #expect(try fixture.text == "Gr")
        fixture.wait(100)
        try fixture.answer(#"{"status":"running","text":"Grüße"}"#)
        #expect(try fixture.text == "Grüße")
        fixture.wait(100)
        try fixture.answer(#"{"status":"done","text":"Grüße!"}"#)
        #expect(try fixture.text == "Grüße!")
        #expect(fixture.sink.isComplete)
        fixture.expectNothingLeft()
    }

    @Test func `progress is told when it changes, and is no content`() throws {
        let fixture = Fixture()
        try fixture.submit()
        for (pause, progress) in [(100, "0.1"), (200, "0.1"), (400, #"{"step":2}"#)] {
            fixture.wait(pause)
            try fixture.answer(#"{"status":"running","progress":\#(progress)}"#)
        }
        let told = try fixture.sink.events.compactMap { try JSONParser().parse($0).root["progress"] }
        #expect(told.map { $0.withSource { $0.text } } == ["0.1", #"{"step":2}"#])
        #expect(!fixture.sink.facts.contains { $0.hasContent })
        for (event, facts) in zip(fixture.sink.events, fixture.sink.facts) {
            #expect(try facts == JSONParser().chunkFacts(of: event))
        }
    }

    @Test(arguments: [
        (#""text""#, "text"), (#"["a","b"]"#, "ab"), (#"{"a":[1.0]}"#, #"{"a":[1.0]}"#), ("[1]", "[1]"), (#""""#, ""),
    ])
    func `a result that is no text is told as JSON`(result: String, text: String) throws {
        let fixture = Fixture()
        try fixture.submit(isStream: false)
        fixture.wait(100)
        try fixture.answer(#"{"status":"done","result":\#(result)}"#)
        #expect(fixture.sink.isComplete)
        #expect(try fixture.text == text)
    }

    @Test func `a submission that is answered with the result is done`() throws {
        let fixture = Fixture()
        try fixture.start()
        try fixture.answer(#"{"status":"done","result":"at once"}"#)
        #expect(fixture.sink.isComplete && fixture.asked.count == 1)
        fixture.expectNothingLeft()
    }

    @Test func `a result of its own address is fetched`() throws {
        let fixture = Fixture { $0.result = ArgumentText("/results/{job}") }
        try fixture.submit()
        fixture.wait(100)
        try fixture.answer(#"{"status":"done"}"#)
        #expect(fixture.asked.last == "GET /results/j%2F1")
        try fixture.answer("busy", status: 503)
        fixture.wait(200)
        try fixture.answer(#"{"result":"there"}"#)
        #expect(fixture.sink.isComplete && fixture.asked.count == 4)
        #expect(try fixture.text == "there")
        fixture.expectNothingLeft()
    }

    @Test func `statuses may be booleans, and be missing at first`() throws {
        let fixture = Fixture { settings in
            settings.words = .init(done: ["true"], failed: [])
        }
        try fixture.submit()
        fixture.wait(100)
        try fixture.answer("{}")
        fixture.wait(200)
        try fixture.answer(#"{"status":true,"result":"x"}"#)
        #expect(fixture.sink.isComplete)
    }

    @Test func `retry-after makes a pause longer`() throws {
        let fixture = Fixture()
        try fixture.submit()
        fixture.wait(100)
        try fixture.answer(#"{"status":"running"}"#, "retry-after: 2\r\n")
        fixture.wait(1999)
        #expect(fixture.asked.count == 2)
        fixture.wait(1)
        #expect(fixture.asked.count == 3)
    }

    @Test func `a full sink is not asked for`() throws {
        let fixture = Fixture()
        let call = try fixture.submit()
        fixture.sink.isFull = true
        fixture.wait(1000)
        #expect(fixture.asked.count == 1)
        fixture.sink.isFull = false
        call.resume()
        #expect(fixture.asked.count == 2)
    }
}
