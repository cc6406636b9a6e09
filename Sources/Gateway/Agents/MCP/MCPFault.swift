/// Why an MCP server did not do what it was asked, in words for the model.
struct MCPFault: Error, Equatable {
    enum Kind: Equatable {
        /// The server does not know the session any more: a new one helps.
        case sessionGone
        /// The server refused the request with an error of JSON-RPC.
        case refused
        case unreachable
    }

    let kind: Kind
    let message: String
}
