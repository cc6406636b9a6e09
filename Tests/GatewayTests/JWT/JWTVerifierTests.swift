import Testing
import Upstreams

@testable import Gateway

/// Whole tokens: their form, their keys, their signatures.
struct JWTVerifierTests {
    private static func verify(
        _ text: String, keys: [VerificationKey], algorithms: Set<JWTAlgorithm> = Set(JWTAlgorithm.allCases),
        now: Int = 1_800_000_000
    ) throws(JWTFault) -> JWTClaims {
        var rules = JWTRules(algorithms: algorithms)
        rules.issuer = nil
        let verifier = JWTVerifier(rules)
        return try ByteBuffer(Array(text.utf8)).withBytes { (bytes) throws(JWTFault) in
            try verifier.verify(try verifier.takeApart(bytes), in: bytes, keys: keys, now: now)
        }
    }

    private static func fault(_ text: String, keys: [VerificationKey]? = nil) -> JWTFault? {
        do throws(JWTFault) {
            if let keys { _ = try verify(text, keys: keys) } else { _ = try verify(text, keys: allKeys()) }
            return nil
        } catch {
            return error
        }
    }

    private static func secret(_ text: String) -> VerificationKey {
        VerificationKey(id: nil, material: .secret(Array(text.utf8)))
    }

    private static func allKeys() throws(JWTFault) -> [VerificationKey] {
        guard let set = try? JWKSet(parsing: Array(GoldenTokens.keySet.utf8)) else { throw .signature }
        return set.keys + [secret(GoldenTokens.secret)]
    }

    @Test(
        "Tokens of every algorithm are accepted",
        arguments: [GoldenTokens.rs256, GoldenTokens.es256, GoldenTokens.hs256, GoldenTokens.rs256Nameless])
    func golden(_ token: String) throws {
        let claims = try Self.verify(token, keys: Self.allKeys())
        #expect(claims.user == "alice" && claims.expires == 4_102_444_830)
    }

    /// RFC 7515 appendix A: its tokens expired in 2011, and have no `sub`.
    @Test func `the examples of RFC 7515 are right but old`() throws {
        #expect(Self.fault(RFC7515.hs256, keys: [RFC7515.secret]) == .expired(1_300_819_380))
        #expect(Self.fault(RFC7515.rs256, keys: try RFC7515.keys()) == .expired(1_300_819_380))
        #expect(Self.fault(RFC7515.es256, keys: try RFC7515.keys()) == .expired(1_300_819_380))
    }

    @Test func `a changed byte anywhere is found`() throws {
        for token in [GoldenTokens.rs256, GoldenTokens.es256, GoldenTokens.hs256] {
            let bytes = Array(token.utf8)
            for index in stride(from: 0, to: bytes.count - 1, by: 7) {
                var changed = bytes
                changed[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                #expect(Self.fault(String(decoding: changed, as: UTF8.self)) != nil, "byte \(index)")
            }
        }
    }

    @Test func `the type of the key decides, not the header of the token`() throws {
        let keys = try JWKSet(parsing: Array(GoldenTokens.keySet.utf8)).keys
        #expect(Self.fault(GoldenTokens.hs256ByModulus, keys: keys) == .unknownKey("rsa-1"))
        #expect(Self.fault(GoldenTokens.none) == .algorithm("none"))
        #expect(Self.fault(GoldenTokens.rs512) == .algorithm("RS512"))
        #expect(throws: JWTFault.algorithm("HS256")) {
            try Self.verify(GoldenTokens.hs256, keys: Self.allKeys(), algorithms: [.rs256, .es256])
        }
    }

    @Test func `the key is the one that the token names`() throws {
        let keys = try JWKSet(parsing: Array(GoldenTokens.keySet.utf8)).keys
        let other = try RFC7515.keys()
        #expect(Self.fault(GoldenTokens.rs256, keys: other) == .signature, "a key without an id may be any")
        #expect(Self.fault(GoldenTokens.rs256, keys: keys + other) == nil)
        #expect(Self.fault(GoldenTokens.rs256Nameless, keys: keys + other) == .unknownKey(nil), "it may be either")
        #expect(Self.fault(GoldenTokens.rs256, keys: other + other) == .unknownKey("rsa-1"))
        #expect(Self.fault(GoldenTokens.es256, keys: [keys[0]]) == .unknownKey("ec-1"))
        #expect(Self.fault(GoldenTokens.hs256, keys: [Self.secret("another")]) == .signature)
        #expect(Self.fault(GoldenTokens.hs256, keys: []) == .unknownKey(nil))
    }

    @Test(
        "What has not the form of a token may be a key",
        arguments: [
            "", "sk-test", "a.b", "a.b.c", "a.b.c.d", "..", "e30..", "e30.e30.e30", "W10.e30.AA", "bnVsbA.e30.AA",
            "eyJhbGciOjF9.e30.AA", "eyJhbGciOiJIUzI1NiJ9.e30.AA.AA", "eyJhbGciOiJIUzI1NiJ9=.e30.AA",
        ])
    func noToken(_ text: String) {
        #expect(Self.fault(text) == .notAToken)
    }

    @Test func `what stands behind a token's header has to be right`() {
        let header = "eyJhbGciOiJIUzI1NiJ9"
        #expect(Self.fault("\(header).e30=.AA") == .malformed("its payload is not base64url"))
        #expect(Self.fault("\(header).e30.A") == .malformed("its signature is not base64url"))
        #expect(Self.fault("\(header).e30.") == .signature)
        #expect(Self.fault(GoldenTokens.critical) == .criticalExtension)
        let long = String(repeating: "A", count: CompactJWT.maxBytes)
        #expect(Self.fault("\(header).\(long).AA") == .tooLong(limit: 16_384))
    }
}
