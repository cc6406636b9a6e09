import Testing

@testable import Upstreams

/// What a stream of events is read as, rule by rule of the standard.
struct SSEParserTests {
    @Test(arguments: [
        ("data: a\n\n", ["|a"]), ("data:a\n\n", ["|a"]), ("data:  a \n\n", ["| a "]), ("data: a\r\n\r\n", ["|a"]),
        ("data: a\r\r", ["|a"]), ("data: a\rdata: b\n\r\n", ["|a\nb"]), ("data: a\ndata:\ndata: b\n\n", ["|a\n\nb"]),
        ("event: e\ndata: a\n\ndata: b\n\n", ["e|a", "|b"]), ("event: e\nevent: f\ndata: a\n\n", ["f|a"]),
        ("event: e\n\ndata: a\n\n", ["|a"]), ("data\n\n", ["|"]), ("data:\n\n", ["|"]), ("data\ndata\n\n", ["|\n"]),
        (": c\ndata: a\n: d\n\n", ["|a"]), (":\n\n\n\n", []), ("id: 1\n\n", []), ("DATA: a\n\n data: b\n\n", []),
        ("data : a\n\ndat: b\n\ndataa: c\n\n", []), ("\u{FEFF}data: a\n\n", ["|a"]),
        ("data: a\n\n\u{FEFF}data: b\n\n", ["|a"]), ("data: {\"a\": \"b: c\"}\n\n", ["|{\"a\": \"b: c\"}"]),
        ("data: a\n\ndata: [DONE]\n\n", ["|a", "|[DONE]"]),
    ])
    func `events are made of lines`(stream: String, events: [String]) {
        let transcript = SSETranscript(stream)
        #expect(transcript.lines == events)
        #expect(transcript.ending == .clean)
    }

    @Test(arguments: [
        ("", SSEEnding.clean, []), ("data: a\n\n", .clean, ["|a"]), ("data: a\n", .unterminated, ["|a"]),
        ("data: a", .unterminated, ["|a"]), ("data: a\ndata: b", .unterminated, ["|a\nb"]),
        ("event: e\ndata: a\r", .unterminated, ["e|a"]), ("data", .unterminated, ["|"]), ("dat", .discarded, []),
        ("event: e\n", .discarded, []), ("event: e", .discarded, []), (": ping\n", .clean, []), (": pi", .clean, []),
        ("data: a\n\n: ping\n", .clean, ["|a"]), ("data: a\n\nid: 4", .discarded, ["|a"]),
    ])
    func `the end says what was left`(stream: String, ending: SSEEnding, events: [String]) {
        let transcript = SSETranscript(stream)
        #expect(transcript.ending == ending)
        #expect(transcript.lines == events)
    }

    @Test func `ids and retry times are kept, bad ones are not`() {
        let transcript = SSETranscript(
            "id: 1\nretry: 10\n\nid: 2\u{0}\nretry: 1x\nretry:\nretry: 99999999999999999999\nretry: -1\n\n")
        #expect(transcript.lastEventID == "1")
        #expect(transcript.retryMilliseconds == 10)
        #expect(SSETranscript("id: 1\n\nid\n\n").lastEventID == "")
    }

    @Test(arguments: [0, 1, 8, 9, 10, 15])
    func `one line may be as long as the bound and no longer`(cut: Int) {
        let fits = SSETranscript("data: x\n\ndata: 1234\n\n", cuts: [cut], maxEventBytes: 10)
        #expect(fits.lines == ["|x", "|1234"])
        let tooLong = SSETranscript("data: x\n\ndata: 12345\n\n", cuts: [cut], maxEventBytes: 10)
        #expect(tooLong.lines == ["|x"])
        #expect(tooLong.ending == nil)
        #expect(SSETranscript(": 123456789 \n\n\n", cuts: [cut], maxEventBytes: 10).ending == nil)
    }

    @Test func `the joined data of one event is bounded`() {
        let stream = "data: 1234\ndata: 567\ndata: 89\n\n"
        #expect(SSETranscript(stream, maxEventBytes: 11).lines == ["|1234\n567\n89"])
        #expect(SSETranscript(stream, maxEventBytes: 10).ending == nil)
        #expect(SSETranscript(stream + stream, maxEventBytes: 11).events.count == 2)
    }

    @Test func `errors are typed`() {
        struct Stop: Error, Equatable {}
        var parser = SSEParser(maxEventBytes: 7)
        #expect(throws: SSEError<Stop>.consumer(Stop())) {
            try unsafe parser.feed(Array("data: 1\n\n".utf8).span.bytes) { (_, _) throws(Stop) in throw Stop() }
        }
        var strict = SSEParser(maxEventBytes: 7)
        #expect(throws: SSEError<Never>.eventTooLarge(limit: 7)) {
            try unsafe strict.feed(Array("data: 12".utf8).span.bytes) { _, _ in }
        }
    }

    @Test func `an event whole in one input is handed out where it lies`() throws {
        let input = Array(": c\ndata: a\n\nevent: e\r\ndata: bc\r\n\r\ndata: d\ndata: e\n\n".utf8)
        var parser = SSEParser(maxEventBytes: 100)
        var places: [Range<Int>?] = []
        let span = unsafe input.span.bytes
        try parser.feed(span) { data, _ in places.append(span.byteOffsets(of: data)) }
        #expect(places == [10..<11, 29..<31, nil])
    }
}
