import Testing
import Upstreams

@testable import Gateway

/// Requests to be explained, as files and operators write them.
struct ExplainedRequestTests {
    private let configuration: Configuration

    init() throws { configuration = try ConfigFixture.load(ConfigFixture.minimal) }

    private func read(_ file: String, key: String? = nil) throws -> ExplainedRequest {
        try ExplainedRequest(
            file: Array(file.utf8), key: key, from: .init(listener: configuration.listeners[0]), maxHeadBytes: 1000)
    }

    private func ask(_ question: String) throws -> ExplainedRequest {
        try ExplainedRequest(question: ByteBuffer(Array(question.utf8)), configuration, JSONParser())
    }

    private func text(_ request: ExplainedRequest) -> String { String(decoding: request.body, as: UTF8.self) }

    @Test(arguments: ["\n", "\r\n"])
    func `lines may end without a carriage return, and the body is as it is`(end: String) throws {
        let request = try read(["POST /v1/x?a=b HTTP/1.1", "X-One: 1", "", "{\n}\n"].joined(separator: end))
        #expect(request.method == "POST" && request.head.path == "/v1/x")
        #expect(request.head.value(of: "x-one") == "1" && request.head.value(of: "host") == "localhost")
        #expect(text(request) == "{\n}\n")
    }

    @Test func `JSON alone is a completion`() throws {
        let request = try read(" \n{\"model\":\"m\"}")
        #expect(request.method == "POST" && request.head.path == "/v1/chat/completions")
        #expect(text(request) == " \n{\"model\":\"m\"}")
    }

    @Test func `a length ends the body, and chunks are taken together`() throws {
        #expect(try text(read("POST / HTTP/1.1\ncontent-length: 3\n\nabcdef")) == "abc")
        let chunks = "POST / HTTP/1.1\ntransfer-encoding: chunked\n\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        #expect(try text(read(chunks)) == "abcde")
        #expect(throws: HTTPParseError.self) { try read("POST / HTTP/1.1\ntransfer-encoding: chunked\n\n3\r\nabc") }
    }

    @Test func `a key that is given takes the place of those in the file`() throws {
        let file = "POST / HTTP/1.1\nAuthorization: Bearer a\nx-api-key: b\n\n"
        #expect(Credentials.key(in: try read(file).head) == "a")
        let request = try read(file, key: "mine")
        #expect(Credentials.key(in: request.head) == "mine" && !request.head.has("x-api-key"))
    }

    @Test func `what is no request is refused`() {
        for file in ["", "hello", "POST / HTTP/1.1\nbad line\n\n", "POST /\n\n"] {
            #expect(throws: HTTPParseError.self, "\(file)") { try read(file) }
        }
    }

    @Test func `a question has defaults for all but the body`() throws {
        let request = try ask(#"{"body": {"model": "m", "x": 1.0}}"#)
        #expect(request.method == "POST" && request.head.path == "/v1/chat/completions")
        #expect(text(request) == #"{"model": "m", "x": 1.0}"#)
        #expect(request.listener.name == "public" && request.keyID == nil)
        let other = try ask(
            #"{"method": "GET", "path": "/v1/models", "headers": {"X-A": "b"}, "body": "text", "key_id": "k"}"#)
        #expect(other.method == "GET" && other.head.value(of: "x-a") == "b" && text(other) == "text")
        #expect(other.keyID == "k")
    }

    @Test(
        arguments: [
            (#"{"listener": "nowhere"}"#, "listener"), (#"{"path": 1}"#, "path"), (#"{"path": "/a\nb: c"}"#, "path"),
            (#"{"headers": {"a": "b\r\nc: d"}}"#, nil), (#"{"headers": {"a b": "c"}}"#, nil),
            (#"{"headers": [1]}"#, nil),
            (#"{"headers": {"a": 1}}"#, nil), ("[]", nil), ("{", nil),
        ] as [(String, String?)])
    func `a question that makes no sense is told`(question: String, param: String?) throws {
        let error = #expect(throws: APIError.self) { try ask(question) }
        #expect(error?.status == .badRequest && error?.param == param)
    }
}
