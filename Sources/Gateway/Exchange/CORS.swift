import Upstreams

/// Which web pages may call from a browser (the Fetch standard's CORS protocol), as the `cors` section says.
struct CORS: Sendable {
    private let origins: Set<String>
    private let allowsAny: Bool
    private let headers: String

    /// What pages may read of a response, beyond the fields that browsers always show.
    private static let exposed = """
        x-request-id, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, \
        x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, retry-after, \
        retry-after-ms, x-should-retry, server-timing, x-attempts, x-served-by, x-cache, age, x-policy, x-stream-id, \
        x-history-trimmed, preference-applied, location
        """

    init(_ configuration: CORSConfiguration) {
        self.init(origins: configuration.origins, headers: configuration.headers)
    }

    init(origins: [String], headers: [String]) {
        self.origins = Set(origins)
        allowsAny = origins.contains("*")
        self.headers = headers.joined(separator: ", ")
    }

    var isOff: Bool { origins.isEmpty }

    /// The value of `access-control-allow-origin` for a request; nil if its page may not call.
    func allowedOrigin(_ head: RequestHead) -> String? {
        guard !isOff, let origin = head.value(of: "origin") else { return nil }
        return allowsAny ? "*" : origins.contains(origin) ? origin : nil
    }

    /// The fields of an answer to a page.
    func write(origin: String, to output: inout ByteBuffer) {
        output.appendField("access-control-allow-origin", origin)
        output.appendField("access-control-expose-headers", Self.exposed)
        if !allowsAny { output.appendField("vary", "origin") }
    }

    /// The fields that an answer to a preflight has beyond those of every answer to a page.
    func writePreflight(methods: String, to output: inout ByteBuffer) {
        output.appendField("access-control-allow-methods", methods)
        output.appendField("access-control-allow-headers", headers)
        output.appendField("access-control-max-age", 600)
    }
}
