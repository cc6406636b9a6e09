import Testing
import Upstreams

@testable import Gateway

/// What is not a request, or could be read in two ways, and the status that says so.
struct HTTPRefusalTests {
    private func refusal(_ text: String, maxHeadBytes: Int = 65_536, maxFields: Int = 100) -> HTTPParseError? {
        let transcript = HTTPTranscript(text, maxHeadBytes: maxHeadBytes, maxFields: maxFields)
        guard case .refused(let error) = transcript.ending else { return nil }
        return error
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\nhost: h\n\n", 400, "carriage return"),
        ("GET / HTTP/1.1\r\nhost: h\n\r\n", 400, "carriage return"),
        ("\nGET / HTTP/1.1\r\nhost: h\r\n\r\n", 400, "carriage return"),
        ("GET  / HTTP/1.1\r\nhost: h\r\n\r\n", 400, "percent-encoded"),
        ("GET / a HTTP/1.1\r\nhost: h\r\n\r\n", 400, "percent-encoded"),
        ("GET\t/ HTTP/1.1\r\nhost: h\r\n\r\n", 400, "token"),
        ("G(T / HTTP/1.1\r\nhost: h\r\n\r\n", 400, "token"),
        (" GET / HTTP/1.1\r\nhost: h\r\n\r\n", 400, "begin"),
        ("\u{16}\u{3}\u{1}", 400, "TLS"),
        ("GET /\r\n\r\n", 400, "version"),
        ("GET / \r\n\r\n", 400, "version"),
        ("GET / HTTP/1.1 \r\nhost: h\r\n\r\n", 400, "version"),
        ("GET / http/1.1\r\nhost: h\r\n\r\n", 400, "version"),
        ("GET / HTTP/1.\r\nhost: h\r\n\r\n", 400, "version"),
        ("GET HTTP/1.1\r\nhost: h\r\n\r\n", 400, "version"),
        ("GET  HTTP/1.1\r\nhost: h\r\n\r\n", 400, "missing"),
        ("GET / HTTP/2.0\r\nhost: h\r\n\r\n", 505, "HTTP/1.1"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1"),
        ("GET / HTTP/0.9\r\nhost: h\r\n\r\n", 505, "HTTP/1.1"),
        ("GET / HTTP/1.2\r\nhost: h\r\n\r\n", 505, "HTTP/1.1"),
    ])
    func `request lines that break the grammar`(text: String, status: Int, hint: String) throws {
        let error = try #require(refusal(text))
        #expect(error.status.code == status)
        #expect(error.message.contains(hint))
    }

    @Test(arguments: [
        ("GET", "*", 400), ("GET", "a/b", 400), ("GET", "ftp://h/", 400), ("GET", "http:/h/", 400),
        ("GET", "http://", 400), ("GET", "http:///p", 400), ("GET", "http://u:p@h/", 400),
        ("GET", "http://h:1:2/", 400),
        ("GET", "/a#b", 400), ("GET", "/\u{E9}", 400), ("GET", "/\u{0}", 400), ("GET", "/\u{7F}", 400),
        ("GET", "/%", 400), ("GET", "/%2", 400), ("GET", "/%G0", 400), ("GET", "/?a=%zz", 400),
        ("CONNECT", "h:443", 501), ("OPTIONS", "**", 400),
    ])
    func `targets that are not allowed`(method: String, target: String, status: Int) throws {
        let error = try #require(refusal("\(method) \(target) HTTP/1.1\r\nhost: h\r\n\r\n"))
        #expect(error.status.code == status)
    }

    @Test(arguments: [
        ("a : b", "blank"), ("a\t: b", "blank"), (" a: b", "folded"), ("\ta: b", "folded"), (": b", "no name"),
        ("a", "no colon"), ("a b: c", "blank"), ("a\u{0}: b", "not allowed"), ("\u{E9}: b", "not allowed"),
        ("a(: b", "not allowed"), ("a: b\u{0}", "control"), ("a: b\rc", "control"), ("a: 12345678\u{B}", "control"),
        ("a: \u{7F}2345678", "control"), ("a: b\r", "control"),
    ])
    func `field lines that break the grammar`(line: String, hint: String) throws {
        for text in ["host: h\r\n\(line)\r\n\r\n", "\(line)\r\nhost: h\r\n\r\n"] {
            let error = try #require(refusal("GET / HTTP/1.1\r\n" + text))
            #expect(error.status == .badRequest)
            #expect(error.message.contains(hint), "\(error.message)")
        }
    }

    @Test(arguments: [
        "", "host: \r\n", "host: a\r\nhost: a\r\n", "host: a\r\nHost: b\r\n", "host: a b\r\n",
        "host: a/b\r\n", "host: u@h\r\n", "host: h:x\r\n", "host: h:123456\r\n", "host: :80\r\n", "host: [::1\r\n",
        "host: [zz]\r\n", "host: []\r\n",
    ])
    func `exactly one valid host is wanted`(fields: String) throws {
        let error = try #require(refusal("GET / HTTP/1.1\r\n\(fields)\r\n"))
        #expect(error.status == .badRequest)
        #expect(error.message.contains("host"))
    }

    /// Each of these has made two servers disagree on where a request ends.
    @Test(arguments: [
        ("content-length: 5\r\ntransfer-encoding: chunked", 400),
        ("transfer-encoding: chunked\r\ncontent-length: 5", 400),
        ("content-length: 5\r\ncontent-length: 6", 400), ("content-length: 5\r\nContent-Length: 5", 400),
        ("content-length: 5, 5", 400), ("content-length: +5", 400), ("content-length: -5", 400),
        ("content-length: 0x5", 400), ("content-length: 5 5", 400), ("content-length: ", 400),
        ("content-length: 5.0", 400), ("content-length: 9223372036854775808", 400),
        ("content-length: 99999999999999999999999", 400), ("content-length: \u{FF15}", 400),
        ("content-length : 5", 400), ("content-length\u{0}: 5", 400), ("content-length: 5\u{B}", 400),
        ("transfer-encoding: chunked\r\ntransfer-encoding: chunked", 400),
        ("transfer-encoding: chunked\r\ntransfer-encoding: identity", 400),
        ("transfer-encoding: chunked, chunked", 501), ("transfer-encoding: gzip, chunked", 501),
        ("transfer-encoding: chunked, identity", 501), ("transfer-encoding: identity", 501),
        ("transfer-encoding: xchunked", 501), ("transfer-encoding: \"chunked\"", 501),
        ("transfer-encoding: chunked;q=1", 501), ("transfer-encoding: ,chunked", 501), ("transfer-encoding:", 501),
        ("transfer-encoding:\u{B}chunked", 400), ("transfer-encoding : chunked", 400),
        ("transfer-encoding\r\n: chunked", 400), ("transfer-encoding:\r\n chunked", 501),
        ("x: y\r\n transfer-encoding: chunked", 400), ("x: y\ntransfer-encoding: chunked", 400),
        ("x: y\rtransfer-encoding: chunked", 400),
    ])
    func `ambiguous framing is refused`(fields: String, status: Int) throws {
        let error = try #require(refusal("POST / HTTP/1.1\r\nhost: h\r\n\(fields)\r\n\r\n0\r\n\r\n"))
        #expect(error.status.code == status, "\(error.message)")
    }

    @Test func `HTTP/1_0 with transfer-encoding is refused`() {
        let error = refusal("POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n")
        #expect(error == .malformed("HTTP/1.0 has no transfer-encoding"))
    }

    @Test func `expectations other than 100-continue are refused`() {
        #expect(refusal("PUT / HTTP/1.1\r\nhost: h\r\nexpect: 200-ok\r\n\r\n")?.status == .expectationFailed)
    }

    @Test func `the head is bounded, to the byte`() {
        let head = "GET /12345 HTTP/1.1\r\nhost: h\r\nabc: def\r\n\r\n"
        let count = head.utf8.count
        #expect(refusal(head, maxHeadBytes: count) == nil)
        #expect(refusal("\r\n\r\n" + head, maxHeadBytes: count) == nil)
        #expect(refusal(head, maxHeadBytes: count - 1)?.status == .fieldsTooLarge)
        #expect(refusal(head, maxHeadBytes: 21)?.status == .fieldsTooLarge)
        #expect(refusal(head, maxHeadBytes: 20)?.status == .uriTooLong)
        #expect(refusal(String(head.prefix(19)), maxHeadBytes: 19)?.status == .uriTooLong)
        #expect(refusal(String(head.prefix(19)), maxHeadBytes: 20) == nil)
    }

    @Test func `the number of fields is bounded`() {
        func request(_ count: Int) -> String {
            "GET / HTTP/1.1\r\nhost: h\r\n" + String(repeating: "a: b\r\n", count: count - 1) + "\r\n"
        }
        #expect(refusal(request(100)) == nil)
        #expect(refusal(request(101))?.status == .fieldsTooLarge)
        #expect(refusal(request(4), maxFields: 3)?.message == "the request has more than 3 fields")
    }
}
