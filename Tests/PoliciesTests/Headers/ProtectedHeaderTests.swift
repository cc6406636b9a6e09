import Testing

@testable import Policies

/// Which header fields a policy may use, and how.
@Suite("Protected headers")
struct ProtectedHeaderTests {
    @Test(
        "What belongs to connections, bodies and credentials is never touched",
        arguments: [
            "connection", "content-length", "transfer-encoding", "host", "te", "upgrade", "content-type",
            "accept-encoding", "authorization", "cookie", "set-cookie", "x-api-key", "proxy-authorization",
        ])
    func never(name: String) {
        for use in HeaderUse.allCases { #expect(ProtectedHeader.reason(name, use) != nil) }
    }

    @Test(
        "What the gateway says itself is refused on that side alone",
        arguments: [
            ("user-agent", [.request, .forward]), ("accept", [.request, .forward]),
            ("x-request-id", HeaderUse.allCases), ("server-timing", [.answer, .withhold, .relay]),
            ("x-policy", [.answer, .withhold, .relay]), ("access-control-allow-origin", [.answer, .withhold, .relay]),
            ("retry-after", [.answer, .relay]), ("x-ratelimit-limit-tokens", [.answer, .relay]),
            ("x-upstream-request-id", [.answer, .relay]), ("x-team", []), ("openai-organization", []),
            ("openai-processing-ms", []), ("x-forwarded-for", []), ("x-ratelimit", []),
        ] as [(String, [HeaderUse])])
    func sides(name: String, refused: [HeaderUse]) {
        for use in HeaderUse.allCases {
            #expect((ProtectedHeader.reason(name, use) != nil) == refused.contains(use), "\(name) \(use)")
        }
    }
}
