/// Which web pages may call the gateway from a browser (Fetch standard, CORS protocol).
package struct CORSConfiguration: Sendable {
    /// Origins such as `https://chat.example.com`, or `*` for any; empty (default): CORS is off.
    package let origins: [String]
    /// Request headers that pages may send, in lower case. Default: authorization and content-type.
    package let headers: [String]

    package init(_ r: ConfigReader) {
        origins = r.value(
            "origins", .list(of: .origin), default: [], example: .array([.string("https://chat.example.com")]),
            doc: "Origins of pages that may call, or `*` for any; empty: none, CORS is off.")
        headers = r.value(
            "headers", .list(of: .headerName), default: ["authorization", "content-type"],
            doc: "Request headers that pages may send.")
    }
}
