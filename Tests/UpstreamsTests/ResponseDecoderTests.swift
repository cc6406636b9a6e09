import Testing
import Upstreams

/// Answers of providers: framing, what keeps the connection, and what is no HTTP.
struct ResponseDecoderTests {
    /// Answer, body, whether the connection is kept.
    static let answers: [(String, String, Bool)] = [
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", "hi", true),
        ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", "hi", true),
        ("HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n", "", true),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n1\r\n!\r\n0\r\nx: y\r\n\r\n", "hi!", true),
        ("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi", "hi", false),
        ("HTTP/1.1 200 OK\r\nconnection: a, Close\r\ncontent-length: 2\r\n\r\nhi", "hi", false),
        ("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi", "hi", false),
        ("HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nhi", "hi", true),
        ("HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 103 x\r\na: b\r\n\r\nHTTP/1.1 200\r\ncontent-length: 1\r\n\r\n!", "!", true),
        ("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n", "", true),
        ("HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n", "", true),
        ("HTTP/1.1 200 OK\r\ncontent-encoding: identity\r\ncontent-length: 0\r\n\r\n", "", true),
    ]

    @Test(arguments: answers)
    func `answers end where their framing says`(answer: String, body: String, keeps: Bool) {
        let transcript = ResponseTranscript(answer)
        #expect(transcript.ending == .complete(consumed: answer.utf8.count, keepsConnection: keeps))
        #expect(transcript.body == Array(body.utf8))
        #expect(transcript.heads.count == 1)
        let behind = ResponseTranscript(answer + "HTTP/1.1 200 OK\r\n")
        #expect(behind == transcript)
    }

    @Test(arguments: answers)
    func `every cut gives what the whole gives`(answer: String, body: String, keeps: Bool) {
        let whole = ResponseTranscript(answer)
        for cut in 0...answer.utf8.count {
            #expect(ResponseTranscript(answer, cuts: [cut]) == whole, "cut at \(cut)")
        }
        #expect(ResponseTranscript(answer, cuts: Array(1..<answer.utf8.count)) == whole)
    }

    @Test func `the head holds its lines as they came`() {
        let transcript = ResponseTranscript("HTTP/1.1 429 No\r\nRetry-After:  1\r\nx:y \r\ncontent-length: 0\r\n\r\n")
        #expect(transcript.heads == ["429\nRetry-After:  1\r\nx:y \r\ncontent-length: 0\r\n"])
    }

    @Test(arguments: ["HTTP/1.1 200 OK\r\n\r\nall of it", "HTTP/1.0 200 OK\r\na: b\r\n\r\nall of it"])
    func `without a length the connection's end is the answer's`(answer: String) {
        let transcript = ResponseTranscript(answer)
        #expect(transcript.ending == .cut(proper: true))
        #expect(transcript.body == Array("all of it".utf8))
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhi", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n",
    ])
    func `an answer that is cut is not taken for a whole one`(answer: String) {
        #expect(ResponseTranscript(answer).ending == .cut(proper: false))
    }

    @Test(arguments: [
        "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 O\u{0}K\r\n\r\n",
        "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\na: b\n\r\n", "\n", "HTTP/1.1 200 OK\r\n\n",
        "HTTP/1.1 200 OK\r\n a: b\r\n\r\n", "HTTP/1.1 200 OK\r\na b: c\r\n\r\n", "HTTP/1.1 200 OK\r\nnothing\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello",
    ])
    func `what is not strictly HTTP is refused`(answer: String) {
        guard case .refused = ResponseTranscript(answer).ending else {
            Issue.record("accepted")
            return
        }
    }

    @Test func `heads are bounded, interim ones included`() {
        func answer(_ count: Int) -> String {
            let rest = "HTTP/1.1 200 OK\r\na: \r\ncontent-length: 0\r\n\r\n"
            let filler = String(repeating: "x", count: count - rest.utf8.count)
            return "HTTP/1.1 200 OK\r\na: \(filler)\r\ncontent-length: 0\r\n\r\n"
        }
        let largest = ResponseParser.maxHeadBytes
        #expect(ResponseTranscript(answer(largest)).ending == .complete(consumed: largest, keepsConnection: true))
        guard case .refused = ResponseTranscript(answer(largest + 1)).ending,
            case .refused = ResponseTranscript("HTTP/1.1 100 Continue\r\n\r\n" + answer(largest)).ending
        else {
            Issue.record("accepted")
            return
        }
    }
}
