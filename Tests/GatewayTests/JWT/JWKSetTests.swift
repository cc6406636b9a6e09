import Testing

@testable import Gateway

/// Sets of keys.
struct JWKSetTests {
    private static let point = """
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
        """

    private func keys(_ list: String) -> [String]? {
        let good = #"{"kty": "EC", "crv": "P-256", "kid": "good", \#(Self.point)}"#
        let set = try? JWKSet(parsing: Array(#"{"keys": [\#(good), \#(list)]}"#.utf8))
        return set?.keys.map { "\($0.id ?? "nil") \($0.algorithm.rawValue)" }
    }

    private func reason(_ text: String) -> String {
        do throws(JWKSet.Fault) {
            _ = try JWKSet(parsing: Array(text.utf8))
            return "none"
        } catch {
            return error.reason
        }
    }

    @Test func `RSA keys and keys on P-256 are taken`() throws {
        let set = try JWKSet(parsing: Array(GoldenTokens.keySet.utf8))
        #expect(set.keys.map(\.id) == ["rsa-1", "ec-1"])
        #expect(set.keys.map(\.algorithm) == [.rs256, .es256])
        #expect(
            keys(#"{"kty": "EC", "crv": "P-256", "alg": "ES256", "key_ops": ["verify"], \#(Self.point)}"#)?[1]
                == "nil ES256")
    }

    @Test(
        "Keys that cannot check tokens are passed over",
        arguments: [
            #"{"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}"#,
            #"{"kty": "EC", "crv": "P-384", \#(point)}"#,
            #"{"kty": "EC", "crv": "P-256", "use": "enc", \#(point)}"#,
            #"{"kty": "EC", "crv": "P-256", "key_ops": ["sign"], \#(point)}"#,
            #"{"kty": "EC", "crv": "P-256", "alg": "RS256", \#(point)}"#,
            #"{"kty": "EC", "crv": "P-256", "alg": "ECDH-ES", \#(point)}"#,
            // Not on the curve.
            #"{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}"#,
            #"{"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}"#,
            #"{"kty": "RSA", "n": "AQAB", "e": "AQAB"}"#,
            #"{"kty": "RSA", "e": "AQAB"}"#,
            #"{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            #""text""#, #"{}"#,
        ])
    func passesOver(_ key: String) {
        #expect(keys(key) == ["good ES256"])
    }

    @Test(
        "What is no set of any use is told",
        arguments: [
            ("", "not JSON"), ("{", "not JSON"), ("[]", "no JWK set"), (#"{"keys": {}}"#, "no JWK set"),
            (#"{"keys": []}"#, "no key for RS256"), (#"{"keys": [{"kty": "oct", "k": "AQAB"}]}"#, "no key for RS256"),
        ])
    func faults(_ text: String, _ reason: String) {
        #expect(self.reason(text).contains(reason))
    }

    @Test func `a set is bounded`() {
        let many = Array(repeating: "{}", count: 101).joined(separator: ",")
        #expect(reason("{\"keys\": [\(many)]}") == "it has more than 100 keys")
    }
}
