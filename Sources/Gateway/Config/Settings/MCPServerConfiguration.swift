/// An MCP server whose tools agents may use, over streamable HTTP.
package struct MCPServerConfiguration: Sendable {
    /// Where it takes messages, without query.
    package let url: String
    /// Default: none.
    package let headers: [UpstreamHeader]
    /// The server's names of the tools that may be used; empty (default): all.
    package let tools: [String]
    /// Default 30,000.
    package let timeoutMs: Int
    /// Default 1,048,576.
    package let maxAnswerBytes: Int
    /// Default 300,000.
    package let refreshMs: Int
    /// Default false.
    package let allowPrivate: Bool
    /// Absolute path of a PEM file of authorities; nil (default): the system's.
    package let caFile: String?

    package init(_ r: ConfigReader) {
        url = r.required(
            "url", .baseURL, example: .string("https://tools.example.com/mcp"), doc: "Where the server takes messages.")
        headers = r.value(
            "headers", .headersWithCredentials, default: [],
            example: .object([("authorization", .object([("env", .string("MCP_TOKEN"))]))]),
            doc: "Headers of every message; a value is a string or a secret.")
        tools = r.value(
            "tools", .list(of: .string()), default: [], example: .array([.string("search")]),
            doc: "The server's names of the tools that may be used; empty: all.")
        timeoutMs = r.milliseconds("timeout_ms", default: 30_000, doc: "Time until an answer must be there.")
        maxAnswerBytes = r.int(
            "max_answer_bytes", default: 1_048_576, in: 1024...16_777_216, unit: .bytes, doc: "Size of an answer.")
        refreshMs = r.milliseconds("refresh_ms", default: 300_000, doc: "How long a list of tools is good.")
        allowPrivate = r.bool(
            "allow_private", default: false,
            doc: "Whether the host may be on this machine or in a private network.")
        caFile = r.optional(
            "ca_file", .readableFile, doc: "PEM file of the authorities to trust instead of the system's.")
    }
}
