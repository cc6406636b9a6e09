import Testing
import Upstreams

@testable import Gateway

/// Bodies of text, refusals and addresses.
struct ChatAnswerTests {
    @Test("a text is whole with the end of its body, and characters are never cut", arguments: [1, 2, 3, 4096])
    func plainText(piece: Int) {
        let whole = ChatFixture(nil, body: "def ƒ(): '✓ 🙂'", piece: piece)
        #expect(whole.ending == .whole && whole.display.text == "def ƒ(): '✓ 🙂'")
        #expect(ChatFixture(nil, body: "def", piece: piece, failure: .truncated).ending.exitCode == 3)
    }

    @Test("the end of a connection alone does not make a text whole")
    func unframed() {
        #expect(ChatFixture(nil, body: "def", framing: "content-length: 3").ending == .whole)
        #expect(ChatFixture(nil, body: "def", framing: "connection: close").ending.exitCode == 3)
    }

    @Test("a refusal is told by its status and message; one of time is a timeout")
    func refusals() {
        let body = #"{"error":{"message":"no such model","type":"invalid_request_error","param":null,"code":"x"}}"#
        let form = CompletionForm(needsDone: true)
        #expect(ChatFixture(form, body: body, status: 404).ending == .failed("HTTP 404: no such model"))
        #expect(ChatFixture(nil, body: body, status: 504).ending == .timeout("HTTP 504: no such model"))
        #expect(ChatFixture(form, body: "<html>", status: 502).ending.exitCode == 1)
        #expect(ChatFixture(form, body: body, status: 500, failure: .truncated).ending.exitCode == 1)
    }

    @Test("a web page with status 200 is no answer")
    func otherServers() {
        let form = CompletionForm(needsDone: true)
        #expect(ChatFixture(form, body: "<html>", contentType: "text/html").ending.exitCode == 1)
        #expect(ChatFixture(nil, body: "<html>", contentType: "text/html").ending.exitCode == 1)
    }

    @Test("a time without a connection is a timeout, a connection that is refused a failure")
    func connections() {
        #expect(ChatFailure.ending(.connectTimeout, at: "u", began: false).exitCode == 4)
        #expect(ChatFailure.ending(.connect, at: "u", began: false).exitCode == 1)
        #expect(ChatFailure.ending(.truncated, at: "u", began: false).exitCode == 1)
        #expect(ChatFailure.ending(.tls(certificate: true), at: "u", began: false).exitCode == 1)
    }

    @Test("an answer that nobody reads any more is not read on")
    func closed() {
        let display = RecordingDisplay()
        display.isClosed = true
        let answer = ChatAnswer(nil, display: display)
        _ = answer.head(AnswerHead(status: 200, lines: Array("content-type: text/plain\r\n".utf8)))
        #expect(unsafe answer.bytes(Array("a".utf8).span.bytes)?.exitCode == 1)
    }

    @Test("a text cannot command the terminal")
    func controls() {
        #expect(ClientText.harmless("a\u{1B}[2Jb\r\n\tc\u{9B}d\u{7F}é") == "a[2Jb\n\tcdé")
    }

    private static let addressForms: [(String, String?)] = [
        ("http://h:1", "http://h:1"), ("HTTPS://h/v1/", "https://h"), ("http://h/api/", "http://h/api"),
        ("http://h/api/v1", "http://h/api"), ("h:1", nil), ("http://", nil), ("ftp://h", nil), ("http://h/?a", nil),
        ("http://a@h", nil), ("http://h\n", nil), ("http:///v1", nil),
    ]

    @Test("addresses are taken with and without /v1 and slashes", arguments: addressForms)
    func addresses(text: String, base: String?) {
        #expect(ChatURL.base(text) == base)
    }

    @Test("a scenario is met by what it expects and by nothing else")
    func scenarios() {
        let endings: [ChatEnding] = [.whole, .timeout("t"), .failed("HTTP 400: x"), .failed("HTTP 500: x"), .cut("c")]
        #expect(endings.map { ChatScenario.ok.isMet(by: $0) } == [true, false, false, false, false])
        #expect(endings.map { ChatScenario.timeout.isMet(by: $0) } == [false, true, false, false, false])
        #expect(endings.map { ChatScenario.invalid.isMet(by: $0) } == [false, false, true, false, false])
    }
}
