import Testing
import Upstreams

@testable import Gateway

/// What a well-formed request is read as.
struct HTTPRequestTests {
    private func head(_ text: String) throws -> RequestHead {
        let transcript = HTTPTranscript(text)
        #expect(transcript.ending != .insideHead)
        return try #require(transcript.heads.first)
    }

    @Test func `an ordinary request is read whole`() throws {
        let head = try head(
            "POST /v1/chat/completions?a=1 HTTP/1.1\r\nHost: api.test:8080\r\nAuthorization:  Bearer k \t\r\n"
                + "Content-Length: 0\r\nX-Empty:\r\n\r\n")
        #expect(head.method == .post)
        #expect(head.path == "/v1/chat/completions")
        #expect(head.pathEquals("/v1/chat/completions"))
        #expect(head.string(in: head.target.query) == "a=1")
        #expect(head.string(in: head.host) == "api.test:8080")
        #expect(head.value(of: "authorization") == "Bearer k")
        #expect(head.value(of: "x-empty") == "")
        #expect(head.value(of: "x-none") == nil)
        #expect(head.body == .length(0))
        #expect(head.keepAlive && !head.expectsContinue && !head.wantsUpgrade)
    }

    @Test(arguments: [
        ("GET", HTTPMethod.get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("PATCH", .patch),
        ("DELETE", .delete), ("OPTIONS", .options), ("TRACE", .trace), ("BREW", .other), ("get", .other),
    ])
    func `methods are told apart, by case too`(name: String, method: HTTPMethod) throws {
        let head = try head("\(name) / HTTP/1.1\r\nhost: h\r\n\r\n")
        #expect(head.method == method)
        #expect(head.string(in: head.methodName) == name)
    }

    @Test(arguments: [
        ("GET", "/", "/", "", "h"),
        ("GET", "/a?b?c=/d", "/a", "b?c=/d", "h"),
        ("GET", "//x/../y", "//x/../y", "", "h"),
        ("GET", "/%2Fa?", "/%2Fa", "", "h"),
        ("GET", "http://other:80/p?q", "/p", "q", "other:80"),
        ("GET", "HTTPS://[::1]:8443", "/", "", "[::1]:8443"),
        ("GET", "http://other?q", "/", "q", "other"),
        ("OPTIONS", "*", "*", "", "h"),
    ])
    func `targets of every form are split`(
        method: String, target: String, path: String, query: String, host: String
    ) throws {
        let head = try head("\(method) \(target) HTTP/1.1\r\nhost: h\r\n\r\n")
        #expect(head.path == path)
        #expect(head.string(in: head.target.query) == query)
        #expect(head.string(in: head.host) == host)
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "connection: close\r\n", false),
        ("HTTP/1.1", "connection: x,\tCLOSE ,y\r\n", false), ("HTTP/1.1", "connection: closed\r\n", true),
        ("HTTP/1.1", "connection: a\r\nconnection: close\r\n", false), ("HTTP/1.0", "", false),
        ("HTTP/1.0", "connection: Keep-Alive\r\n", true), ("HTTP/1.0", "connection: keep-alive, close\r\n", false),
    ])
    func `the connection stays as version and field say`(version: String, fields: String, stays: Bool) throws {
        #expect(try head("GET / \(version)\r\nhost: h\r\n\(fields)\r\n").keepAlive == stays)
    }

    @Test(arguments: [
        ("", BodyFraming.none), ("content-length: 12\r\n", .length(12)), ("content-length: 0012\r\n", .length(12)),
        ("content-length: 9223372036854775807\r\n", .length(.max)), ("Transfer-Encoding: Chunked\r\n", .chunked),
    ])
    func `framing comes from content-length or transfer-encoding`(fields: String, framing: BodyFraming) throws {
        #expect(try head("POST / HTTP/1.1\r\nhost: h\r\n\(fields)\r\n").body == framing)
    }

    @Test func `expectation and upgrade are seen, for HTTP/1_1 only`() throws {
        let fields = "host: h\r\nexpect: 100-Continue\r\nconnection: keep-alive, Upgrade\r\nupgrade: websocket\r\n\r\n"
        let new = try head("GET /ws HTTP/1.1\r\n" + fields)
        #expect(new.expectsContinue && new.wantsUpgrade)
        #expect(new.value(of: "upgrade", equals: "websocket"))
        let old = try head("GET /ws HTTP/1.0\r\n" + fields)
        #expect(!old.expectsContinue && !old.wantsUpgrade)
        let unnamed = try head("GET /ws HTTP/1.1\r\nhost: h\r\nupgrade: websocket\r\n\r\n")
        #expect(!unnamed.wantsUpgrade)
    }

    @Test func `HTTP/1_0 needs no host`() throws {
        #expect(try head("GET / HTTP/1.0\r\n\r\n").host.isEmpty)
    }

    @Test func `fields are found in any case, the first and all of them`() throws {
        let head = try head("GET / HTTP/1.1\r\nHOST: h\r\nVia: a\r\nvIA: b\u{80}\r\nX: Yes\r\n\r\n")
        #expect(head.value(of: "via") == "a")
        #expect(head.values(of: "via") == ["a", "b\u{80}"])
        #expect(head.has("x") && !head.has("y"))
        #expect(head.value(of: "x", equals: "yes") && !head.value(of: "x", equals: "ye"))
        #expect(head.withValue(of: "x") { $0.byteCount } == 3)
        var names: [String] = []
        head.forEachField { name, value in names.append("\(name.byteCount):\(value.byteCount)") }
        #expect(names == ["4:1", "3:1", "3:3", "1:3"])
    }

    @Test func `path parameters and query items are decoded`() throws {
        let head = try head(
            "GET /v1/models/a%2Fb%20c+d/x?after=12&na%6De=%C3%A9+1&flag&empty=&after=13 HTTP/1.1\r\nhost: h\r\n\r\n")
        #expect(head.pathParameter(after: "/v1/models/") == "a/b c+d/x")
        #expect(head.pathParameter(after: "/v1/models/", before: "/x") == "a/b c+d")
        #expect(head.pathParameter(after: "/v2/") == nil)
        #expect(head.pathParameter(after: "/v1/models/a%2Fb%20c+d/x") == nil)
        #expect(head.pathHasPrefix("/v1/") && !head.pathHasPrefix("/v2/") && head.pathHasSuffix("/x"))
        #expect(head.queryItem("after") == "12")
        #expect(head.queryItem("name") == "\u{E9} 1")
        #expect(head.queryItem("flag") == "" && head.queryItem("empty") == "")
        #expect(head.queryItem("aft") == nil && head.queryItem("") == nil)
        let odd = try self.head("GET /a%00b?x=%FF HTTP/1.1\r\nhost: h\r\n\r\n")
        #expect(odd.pathParameter(after: "/") == nil)
        #expect(odd.queryItem("x") == "\u{FFFD}")
    }

    @Test func `up to two empty lines before a request are skipped`() {
        let request = "GET / HTTP/1.1\r\nhost: h\r\n\r\n"
        #expect(HTTPTranscript("\r\n\r\n" + request + "\r\n" + request).heads.count == 2)
        #expect(
            HTTPTranscript("\r\n\r\n\r\n" + request).ending
                == .refused(.malformed("empty lines stand before the request line")))
    }

    @Test func `pipelined requests are read in order with their bodies`() {
        let transcript = HTTPTranscript(
            "POST /1 HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\nabcPOST /2 HTTP/1.1\r\nhost: h\r\n"
                + "transfer-encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\nGET /3 HTTP/1.1\r\nhost: h\r\n\r\n")
        #expect(transcript.ending == .betweenRequests)
        #expect(transcript.heads.map(\.path) == ["/1", "/2", "/3"])
        #expect(transcript.bodies == [Array("abc".utf8), Array("de".utf8), []])
    }

    @Test func `a reused head allocates no new memory`() throws {
        let request = Array("GET /v1/models HTTP/1.1\r\nhost: h\r\naccept: */*\r\n\r\n".utf8)
        var parser = RequestParser(maxHeadBytes: 1024)
        var head = RequestHead()
        _ = try unsafe parser.parse(request.span.bytes, into: &head)
        let before = (head.bytes.capacity, head.fields.capacity)
        let address = address(of: head)
        _ = try unsafe parser.parse(request.span.bytes, into: &head)
        #expect(before == (head.bytes.capacity, head.fields.capacity))
        #expect(address == self.address(of: head))
        #expect(head.fields.count == 2)
    }

    private func address(of head: RequestHead) -> UInt {
        head.withBytes { unsafe $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
    }
}
