import Upstreams

/// A request to be explained, as it would reach the gateway.
struct ExplainedRequest {
    let head: RequestHead
    let body: [UInt8]
    /// Through which it comes.
    let listener: ListenerConfiguration
    let clientAddress: String
    /// The key that stands for the one in the head; nil: the head's counts.
    let keyID: String?

    /// Where a request comes from, and as whom.
    struct Origin {
        let listener: ListenerConfiguration
        var clientAddress = "127.0.0.1"
        var keyID: String?
    }

    /// - Parameters:
    ///   - lines: of the head, without their ends and without the empty one; a host is added where none is named.
    ///   - rest: what follows the head. Without a length it is the body as it is.
    init(lines: [String], rest: [UInt8], from origin: Origin, maxHeadBytes: Int) throws(HTTPParseError) {
        var head = RequestHead()
        var parser = RequestParser(maxHeadBytes: maxHeadBytes)
        let hasHost = lines.contains { $0.lowercased().hasPrefix("host:") }
        let text = (lines + (hasHost ? [] : ["host: localhost"]) + ["", ""]).joined(separator: "\r\n")
        let step = try ByteBuffer(Array(text.utf8)).withBytes { (bytes) throws(HTTPParseError) in
            try parser.parse(bytes, into: &head)
        }
        guard case .head = step else { throw .malformed("the head is not complete") }
        self.head = head
        body = try Self.body(head.body, of: rest)
        listener = origin.listener
        clientAddress = origin.clientAddress
        keyID = origin.keyID
    }

    /// As the request line writes it.
    var method: String { head.string(in: head.methodName) }

    private static func body(_ framing: BodyFraming, of rest: [UInt8]) throws(HTTPParseError) -> [UInt8] {
        switch framing {
        case .none, .untilClose: return rest
        case .length(let count): return Array(rest.prefix(count))
        case .chunked: return try unchunked(rest)
        }
    }

    private static func unchunked(_ rest: [UInt8]) throws(HTTPParseError) -> [UInt8] {
        var decoder = BodyDecoder(.chunked)
        var body: [UInt8] = []
        var place = 0
        while true {
            switch try ByteBuffer(rest).withBytes({ (bytes) throws(HTTPParseError) in
                try decoder.decode(bytes, from: place)
            }) {
            case .bytes(let range, let next):
                body += rest[range]
                place = next
            case .needMore: throw .malformed("the last chunk of the body is missing")
            case .end: return body
            }
        }
    }
}
