import Testing
import Upstreams

@testable import Gateway

/// Heads and chunks of responses, byte for byte.
struct HTTPResponseTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    private func written(_ write: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        write(&buffer)
        return String(decoding: buffer.copy(), as: UTF8.self)
    }

    @Test(arguments: [
        (200, ResponseFraming.length(12), 1, true, "HTTP/1.1 200 OK\r\n", "content-length: 12\r\n"),
        (404, .length(0), 1, false, "HTTP/1.1 404 Not Found\r\n", "content-length: 0\r\nconnection: close\r\n"),
        (429, .chunked, 1, true, "HTTP/1.1 429 Too Many Requests\r\n", "transfer-encoding: chunked\r\n"),
        (204, .none, 0, true, "HTTP/1.1 204 No Content\r\n", "connection: keep-alive\r\n"),
        (200, .untilClose, 0, false, "HTTP/1.1 200 OK\r\n", ""),
        (599, .none, 1, true, "HTTP/1.1 599 \r\n", ""),
    ])
    func `a head says how its body and its connection end`(
        code: Int, framing: ResponseFraming, minor: Int, keepAlive: Bool, line: String, fields: String
    ) {
        let head = written {
            $0.appendHead(HTTPStatus(code), framing, date: Self.date, minorVersion: minor, keepAlive: keepAlive)
            $0.endHead()
        }
        #expect(head == line + "date: \(Self.date)\r\n" + fields + "\r\n")
    }

    @Test func `fields are written as given`() {
        let fields = written {
            $0.appendField("x-request-id", "caf\u{E9}\t1")
            $0.appendField("retry-after", 30)
            $0.appendContinue()
        }
        #expect(fields == "x-request-id: caf\u{E9}\t1\r\nretry-after: 30\r\nHTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test(arguments: ["a\r\nset-cookie: x", "a\nb", "a\rb", "a\u{0}b", "\u{7F}", "123456789\n"])
    func `a field value cannot leave its line`(value: String) {
        let field = written { $0.appendField("x", value) }
        #expect(field.utf8.filter { $0 < 0x20 || $0 == 0x7F } == [0x0D, 0x0A])
        #expect(field.utf8.count == value.utf8.count + 5)
        let bytes = Array(value.utf8)
        let relayed = written { unsafe $0.appendField(Array("x".utf8).span.bytes, bytes.span.bytes) }
        #expect(relayed == field)
    }

    @Test(arguments: ["", "a b", "a:", "a\r\n", "\u{E9}"])
    func `a relayed field with a bad name is left out`(name: String) {
        let bytes = Array(name.utf8)
        #expect(written { unsafe $0.appendField(bytes.span.bytes, bytes.span.bytes) }.isEmpty)
    }

    @Test func `chunks read back as what was written`() {
        let parts = ["a", String(repeating: "b", count: 300), "", "\r\n"]
        let body = written { buffer in
            for part in parts { unsafe buffer.append(chunk: Array(part.utf8).span.bytes) }
            buffer.appendLastChunk()
        }
        #expect(body.hasPrefix("1\r\na\r\n12c\r\nbb"))
        let transcript = HTTPTranscript("PUT / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n" + body)
        #expect(transcript.ending == .betweenRequests)
        #expect(transcript.bodies == [Array(parts.joined().utf8)])
    }

    @Test func `statuses know their reason and whether a body may follow`() {
        #expect("\(HTTPStatus(414).reason)" == "URI Too Long")
        #expect(HTTPStatus.ok.allowsBody && HTTPStatus.serviceUnavailable.allowsBody)
        #expect([101, 204, 304].allSatisfy { !HTTPStatus($0).allowsBody })
    }
}
