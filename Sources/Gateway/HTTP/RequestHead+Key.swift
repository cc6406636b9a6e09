import Upstreams

extension RequestHead {
    /// The head of a request for `path` with a key, for a key that came in another way; nil if no head can hold it.
    init?(path: String, key: String) {
        guard !key.isEmpty, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        var text = ByteBuffer()
        text.append("GET ")
        text.append(path)
        text.append(" HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ")
        text.append(key)
        text.append("\r\n\r\n")
        var parser = RequestParser(maxHeadBytes: text.count + 1)
        var head = RequestHead()
        let step = text.withBytes { try? parser.parse($0, into: &head) }
        guard case .head = step else { return nil }
        self = head
    }
}
