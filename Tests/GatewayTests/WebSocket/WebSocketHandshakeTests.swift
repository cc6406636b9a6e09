import Testing
import Upstreams

@testable import Gateway

/// The opening handshake (RFC 6455 section 4.2).
struct WebSocketHandshakeTests {
    private static let key = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="
    private static let version = "sec-websocket-version: 13"
    private static let upgrade = ["connection: keep-alive, Upgrade", "upgrade: WebSocket"]

    private func head(_ fields: [String], _ line: String = "GET /ws HTTP/1.1") throws -> RequestHead {
        let text = ([line, "host: Gateway:8080"] + fields + ["", ""]).joined(separator: "\r\n")
        var parser = RequestParser(maxHeadBytes: 65_536)
        var head = RequestHead()
        let step = try ByteBuffer(Array(text.utf8)).withBytes { try parser.parse($0, into: &head) }
        #expect(step != .needMore)
        return head
    }

    private func handshake(_ fields: [String], origins: [String] = []) throws -> WebSocketHandshake {
        try WebSocketHandshake(head(fields), origins: CORS(origins: origins))
    }

    private func refusal(
        _ fields: [String], _ line: String = "GET /ws HTTP/1.1", origins: [String] = []
    ) throws
        -> APIError?
    {
        let head = try head(fields, line)
        do throws(APIError) {
            _ = try WebSocketHandshake(head, origins: CORS(origins: origins))
            return nil
        } catch {
            return error
        }
    }

    @Test func `the answer to the standard's own example`() throws {
        let accepted = try handshake(Self.upgrade + [Self.key, Self.version])
        #expect(accepted.accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(ByteBuffer.text { accepted.write(to: &$0) } == "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
    }

    @Test(arguments: [
        ([key, version], 426), (["connection: upgrade", "upgrade: h2c", key, version], 426),
        (upgrade + [key], 426), (upgrade + [key, "sec-websocket-version: 8"], 426),
        (upgrade + [version], 400), (upgrade + [key, key, version], 400),
        (upgrade + ["sec-websocket-key: c2hvcnQ=", version], 400),
        (upgrade + ["sec-websocket-key: dGhlIHNhbXBsZSBub25j_Q==", version], 400),
        (upgrade + [key, version, "content-length: 5"], 400),
    ])
    func `what is no handshake is refused`(_ fields: [String], _ status: Int) throws {
        #expect(try refusal(fields)?.status.code == status)
    }

    @Test func `HTTP 1 point 0 knows no upgrade`() throws {
        #expect(try refusal(Self.upgrade + [Self.key, Self.version], "GET /ws HTTP/1.0")?.status.code == 426)
    }

    @Test(
        arguments: [
            ("http://gateway:8080", [], true), ("https://gateway:8080", [], true), ("http://gateway", [], false),
            ("http://evil.example", [], false), ("http://app.example", ["http://app.example"], true),
            ("http://evil.example", ["http://app.example"], false), ("http://any.example", ["*"], true),
            ("null", [], false),
            ("http://gateway:8080.evil.example", [], false),
        ] as [(String, [String], Bool)])
    func `pages may open one from the gateway's own origin and from those that are allowed`(
        _ origin: String, _ allowed: [String], _ isAllowed: Bool
    ) throws {
        let fields = Self.upgrade + [Self.key, Self.version, "origin: \(origin)"]
        let refusal = try refusal(fields, origins: allowed)
        #expect(refusal?.status.code == (isAllowed ? nil : 403))
        #expect(refusal?.code == (isAllowed ? nil : "origin_not_allowed"))
    }

    @Test func `the key may stand among the subprotocols, and is never sent back`() throws {
        let fields = Self.upgrade + [Self.key, Self.version, "sec-websocket-protocol: sluice.v1 , bearer.sk-secret.1"]
        #expect(try WebSocketHandshake.credential(in: head(fields)) == "sk-secret.1")
        let answer = ByteBuffer.text { [accepted = try? handshake(fields)] in accepted?.write(to: &$0) }
        #expect(answer.contains("sec-websocket-protocol: sluice.v1\r\n"))
        #expect(!answer.contains("secret"))
        let lone =
            Self.upgrade + [Self.key, Self.version, "sec-websocket-protocol: chat", "sec-websocket-protocol: bearer."]
        #expect(try WebSocketHandshake.credential(in: head(lone)) == nil)
        #expect(try !handshake(lone).hasSubprotocol)
    }
}

extension CORS {
    fileprivate init(origins: [String]) {
        self.init(origins: origins, headers: [])
    }
}
