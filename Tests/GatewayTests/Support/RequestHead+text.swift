import Testing
import Upstreams

@testable import Gateway

extension RequestHead {
    /// The head of a request with these lines; `host` is added.
    static func reading(_ lines: String...) throws -> RequestHead {
        let text = (lines + ["host: gateway", "", ""]).joined(separator: "\r\n")
        var parser = RequestParser(maxHeadBytes: 65_536)
        var head = RequestHead()
        try ByteBuffer(Array(text.utf8)).withBytes { bytes in
            guard case .head = try parser.parse(bytes, into: &head) else {
                Issue.record("no head: \(text)")
                return
            }
        }
        return head
    }
}
