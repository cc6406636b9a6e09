import Upstreams

/// One message to an MCP server (JSON-RPC 2.0), ready to be sent.
struct MCPRequest {
    /// Nil: a notification, which has no answer.
    let id: Int?
    let body: [UInt8]

    init(_ method: StaticString, id: Int?, parameters: (inout JSONWriter) -> Void = { _ in }) {
        self.id = id
        var text = ByteBuffer()
        text.appendJSON {
            $0.object {
                $0.member("jsonrpc", "2.0")
                if let id { $0.member("id", id) }
                $0.member("method", method)
                $0.object("params", parameters)
            }
        }
        body = text.copy()
    }
}
