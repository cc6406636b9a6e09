import COpenSSL
import Upstreams

/// The opening handshake of a WebSocket, as a server checks and answers it (RFC 6455 section 4.2).
///
/// Browsers cannot set header fields on a WebSocket. So the key may stand among the offered subprotocols, next to the
/// gateway's own: `Sec-WebSocket-Protocol: sluice.v1, bearer.KEY`. The key is never sent back.
struct WebSocketHandshake {
    /// The value of `sec-websocket-accept`.
    let accept: String
    /// Whether the client offered the gateway's subprotocol, which is then chosen.
    let hasSubprotocol: Bool

    static let version = "13"
    static let subprotocol = "sluice.v1"

    /// Refuses what is no handshake (400, 426 for another version), and pages of other origins (403): a browser sends
    /// a WebSocket's handshake for any page, with the user's cookies and from the user's network, so that only the
    /// server can keep foreign pages out. `origins` are those of the `cors` section; the gateway's own are always
    /// welcome.
    init(_ head: RequestHead, origins: CORS) throws(APIError) {
        guard head.method == .get, head.minorVersion >= 1, head.wantsUpgrade,
            Self.tokens(head, "upgrade").contains("websocket")
        else {
            throw .upgradeRequired(
                "This is a WebSocket: it begins with a GET, 'connection: Upgrade' and 'upgrade: websocket'.")
        }
        guard head.values(of: "sec-websocket-version") == [Self.version] else {
            throw .upgradeRequired("The field 'sec-websocket-version' must be \(Self.version).")
        }
        let keys = head.values(of: "sec-websocket-key")
        guard keys.count == 1, Self.isKey(keys[0]) else {
            throw .invalid("The field 'sec-websocket-key' must hold 16 bytes in base64.", param: "sec-websocket-key")
        }
        guard head.body == .none else { throw .invalid("A WebSocket's handshake has no body.") }
        guard Self.mayCall(head, origins) else { throw .originNotAllowed }
        accept = Self.accept(keys[0])
        hasSubprotocol = Self.protocols(head).contains(Self.subprotocol)
    }

    /// The fields of the answer, beyond `connection` and `upgrade`.
    func write(to output: inout ByteBuffer) {
        output.appendField("sec-websocket-accept", accept)
        if hasSubprotocol { output.appendField("sec-websocket-protocol", Self.subprotocol) }
    }

    /// The key that stands among the subprotocols; nil: there is none.
    static func credential(in head: RequestHead) -> String? {
        credentialRange(in: head).map { head.string(in: $0) }
    }

    /// Where that key stands in the head's bytes.
    static func credentialRange(in head: RequestHead) -> Range<Int>? {
        head.withBytes { bytes in
            for field in head.fields where bytes.equals(ignoringCase: "sec-websocket-protocol", in: field.name) {
                var start = field.value.lowerBound
                while start < field.value.upperBound {
                    let comma = bytes.firstOffset(of: UInt8(ascii: ","), in: start..<field.value.upperBound)
                    let item = trim(start..<(comma ?? field.value.upperBound), bytes)
                    if item.count > 7, bytes.equals("bearer.", in: item.prefix(7)) {
                        return item.lowerBound + 7..<item.upperBound
                    }
                    start = (comma ?? field.value.upperBound) + 1
                }
            }
            return nil
        }
    }

    private static func trim(_ range: Range<Int>, _ bytes: RawSpan) -> Range<Int> {
        var range = range
        while let first = range.first, HTTPSyntax.isBlank(bytes.byte(at: first)) {
            range = first + 1..<range.upperBound
        }
        while let last = range.last, HTTPSyntax.isBlank(bytes.byte(at: last)) { range = range.lowerBound..<last }
        return range
    }

    /// The answer to a key: base64 of SHA-1 of the key and the standard's own constant.
    static func accept(_ key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        let done = unsafe EVP_Digest(text, text.count, &digest, nil, EVP_sha1(), nil)
        precondition(done == 1, "SHA-1 of bytes in memory cannot fail")
        return unsafe String(unsafeUninitializedCapacity: 29) { room in
            Int(unsafe EVP_EncodeBlock(room.baseAddress, digest, 20))
        }
    }

    // MARK: Parts

    /// 22 digits of base64 and two fillers; the last digit has four bits that mean nothing.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes[22] == UInt8(ascii: "="), bytes[23] == UInt8(ascii: "=") else { return false }
        return bytes[..<22].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    private static func mayCall(_ head: RequestHead, _ origins: CORS) -> Bool {
        guard let origin = head.value(of: "origin") else { return true }
        if origins.allowedOrigin(head) != nil { return true }
        guard let start = origin.firstRange(of: "://") else { return false }
        return origin[start.upperBound...].lowercased() == head.string(in: head.host).lowercased()
    }

    private static func protocols(_ head: RequestHead) -> [String] { list(head, "sec-websocket-protocol") }

    private static func tokens(_ head: RequestHead, _ name: StaticString) -> [String] {
        list(head, name).map { $0.lowercased() }
    }

    /// The items of a comma-separated field, which may come in several lines.
    private static func list(_ head: RequestHead, _ name: StaticString) -> [String] {
        head.values(of: name).flatMap { $0.split(separator: ",") }.map { item in
            String(item.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }
    }
}

extension APIError {
    /// 426 tells which protocol would be right (RFC 9110 section 15.5.22).
    static func upgradeRequired(_ message: String) -> APIError {
        APIError(.upgradeRequired, code: "websocket_required", message)
    }

    static let originNotAllowed = APIError(
        .forbidden, type: "permission_error", code: "origin_not_allowed", param: "origin",
        "Pages of this origin may not open a WebSocket here. Add the origin to 'cors.origins'.")
}
