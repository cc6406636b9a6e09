import Testing
import Upstreams

@testable import Gateway

/// Bodies by length and by chunks.
struct HTTPBodyTests {
    private static let chunkedHead = "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n"

    private func chunked(_ body: String) -> HTTPTranscript { HTTPTranscript(Self.chunkedHead + body) }

    @Test(arguments: [
        ("0\r\n\r\n", ""), ("3\r\nabc\r\n0\r\n\r\n", "abc"), ("1\r\na\r\n2\r\nbc\r\n000\r\n\r\n", "abc"),
        ("A\r\n0123456789\r\n00a\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
        ("4;x\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"), ("1;a=b;c=\"d e\";\tf\r\na\r\n0;last\r\n\r\n", "a"),
        ("1\r\na\r\n0\r\nx-trailer: y\r\nz:\r\n\r\n", "a"), ("0\r\nhost: again\r\ncontent-length: 9\r\n\r\n", ""),
    ])
    func `chunks are joined, extensions and trailers dropped`(body: String, content: String) {
        let transcript = chunked(body)
        #expect(transcript.ending == .betweenRequests)
        #expect(transcript.bodies == [Array(content.utf8)])
        #expect(transcript.heads.first?.fields.count == 2)
    }

    @Test(arguments: [
        "\r\n", "x\r\n", " 1\r\na", "1 \r\na", "1\t;x\r\n", "+1\r\na", "-1\r\na", "0x1\r\na", "1\na\r\n", "1\r\r\na",
        "1;a\nb\r\n", "1;a\u{0}\r\n", "1;a\rb", "1\r\nab\r\n", "1\r\na\n0\r\n", "1\r\na\r0\r\n", "1\r\na0\r\n",
        "8000000000000000\r\n", "FFFFFFFFFFFFFFFF\r\n", "00000000000000001\r\na", "10000000000000000\r\n",
        "0\r\n\n", "0\r\n\rx", "0\r\na\r\n", "0\r\na b: c\r\n", "0\r\n a: b\r\n", "0\r\na: b\u{0}\r\n",
        "0\r\na: b\n\r\n", "0\r\n: b\r\n\r\n", "0\r\nGET / HTTP/1.1\r\n",
    ])
    func `chunks that break the grammar are refused`(body: String) {
        guard case .refused(let error) = chunked(body).ending else {
            Issue.record("accepted")
            return
        }
        #expect(error.status == .badRequest)
    }

    @Test func `a chunk may be as large as a number`() {
        #expect(chunked("7FFFFFFFFFFFFFFF\r\na").ending == .insideBody)
        #expect(chunked("000000000000000A\r\na").ending == .insideBody)
    }

    @Test func `extensions are bounded over all chunks together`() {
        let chunk = "1;" + String(repeating: "x", count: 1023) + "\r\na\r\n"
        #expect(chunked(String(repeating: chunk, count: 4) + "0\r\n\r\n").ending == .betweenRequests)
        let tooMuch = chunked(String(repeating: chunk, count: 4) + "0;\r\n\r\n").ending
        #expect(tooMuch == .refused(.malformed("chunk extensions are too long")))
    }

    @Test func `trailers are bounded`() {
        func body(_ count: Int) -> String { "0\r\na: " + String(repeating: "x", count: count - 7) + "\r\n\r\n" }
        #expect(chunked(body(BodyDecoder.maxTrailerBytes)).ending == .betweenRequests)
        guard case .refused(let error) = chunked(body(BodyDecoder.maxTrailerBytes + 1)).ending else {
            Issue.record("accepted")
            return
        }
        #expect(error.status == .fieldsTooLarge)
    }

    @Test func `a body by length ends after its last byte`() throws {
        var decoder = BodyDecoder(.length(5))
        func step(_ input: String, from start: Int) throws -> BodyDecoder.Step {
            let input = Array(input.utf8)
            return try unsafe decoder.decode(input.span.bytes, from: start)
        }
        #expect(try step("abc", from: 1) == .bytes(1..<3, next: 3))
        #expect(try step("abc", from: 3) == .needMore(next: 3))
        #expect(!decoder.isComplete)
        #expect(try step("abcdefg", from: 3) == .bytes(3..<6, next: 6))
        #expect(decoder.isComplete)
        #expect(try step("abcdefg", from: 6) == .end(next: 6))
        #expect(try step("abcdefg", from: 6) == .end(next: 6))
    }

    @Test(arguments: [BodyFraming.none, .length(0)])
    func `no body is complete at once and takes nothing`(framing: BodyFraming) throws {
        var decoder = BodyDecoder(framing)
        #expect(decoder.isComplete)
        #expect(try decoder.decode(RawSpan(), from: 0) == .end(next: 0))
    }

    @Test func `a cut inside a body is told from an end`() {
        #expect(chunked("5\r\nab").ending == .insideBody)
        #expect(chunked("1\r\na\r\n0\r\n\r").ending == .insideBody)
        #expect(HTTPTranscript("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\na").ending == .insideBody)
        #expect(HTTPTranscript("POST / HT").ending == .insideHead)
        #expect(HTTPTranscript("POST / HTTP/1.1\r\nhost: h\r\n").ending == .insideHead)
    }
}
