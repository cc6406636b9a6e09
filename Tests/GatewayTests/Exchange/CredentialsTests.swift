import Testing

@testable import Gateway

/// Where clients put their key.
struct CredentialsTests {
    @Test(
        arguments: [
            (["authorization: Bearer sk-1"], "sk-1"), (["Authorization: bearer  sk-1"], "sk-1"),
            (["authorization: BEARER a b"], "a b"), (["x-api-key: k"], "k"), (["api-key: k"], "k"),
            (["x-api-key: k1", "api-key: k2"], "k1"), (["authorization: Bearer k1", "x-api-key: k2"], "k1"),
            (["authorization: Basic eDp5", "x-api-key: k"], nil), (["authorization: Bearer"], nil),
            (["authorization: Bearer "], nil), (["authorization: Bearersk-1"], nil), (["authorization: sk-1"], nil),
            (["x-api-key:"], nil), (["cookie: x-api-key=k"], nil), ([], nil),
        ] as [([String], String?)])
    func `the first place that has one counts`(lines: [String], key: String?) throws {
        let text = (["GET / HTTP/1.1"] + lines).joined(separator: "\r\n")
        #expect(Credentials.key(in: try .reading(text)) == key)
    }
}
