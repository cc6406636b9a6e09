import Policies
import Testing
import Upstreams

@testable import Gateway

/// Keys that callers show.
struct KeyringTests {
    private func keyring(_ keys: String...) throws -> Keyring {
        let configuration = try ConfigFixture.load(
            ConfigFixture.root(["keys": "[" + keys.joined(separator: ",") + "]"]))
        return Keyring(configuration.keys)
    }

    /// The SHA-256 of `sk-test-key-1`, as sha256sum gives it.
    private static let alice = """
        {"id": "k1", "user": "alice", "team": "research", "models": ["gpt-*"], \
        "expires": "2030-01-01T00:00:00Z", "sha256": "\(digest)"}
        """
    private static let digest = "c1fa602237f88a7c84dc1cff004a4f10f0e85127b2a3461aa33aea6694808262"

    private func identify(_ key: String, _ keyring: Keyring, now: Int = 0) throws(APIError) -> String {
        let identity = try ByteBuffer(Array(key.utf8)).withBytes { (bytes) throws(APIError) in
            try keyring.identify(bytes, now: now)
        }
        return [identity.keyID, identity.user, identity.team, identity.models.map(\.pattern).joined()]
            .map { $0 ?? "nil" }.joined(separator: " ")
    }

    @Test func `a known key tells whose it is`() throws {
        #expect(try identify("sk-test-key-1", keyring(Self.alice)) == "k1 alice research gpt-*")
    }

    @Test func `a wrong key is told in OpenAI's words, with its last four characters`() throws {
        let keyring = try keyring(Self.alice)
        for (key, hint) in [
            ("sk-test-key-2", "sk-…ey-2"), ("sk-test-key-1 ", "sk-…y-1 "), ("SK-TEST-KEY-1", "sk-…EY-1"),
            ("short", "…"), ("", "…"),
        ] {
            let error = #expect(throws: APIError.self) { try identify(key, keyring) }
            #expect(error?.message == "Incorrect API key provided: \(hint).")
            #expect(error?.status == .unauthorized && error?.code == "invalid_api_key")
        }
    }

    @Test func `a disabled key is refused, whatever its time`() throws {
        let disabled = Self.alice.replacing(#""id""#, with: #""disabled": true, "id""#)
        let keyring = try keyring(disabled)
        for now in [0, 1_893_456_000] {
            let error = #expect(throws: APIError.self) { try identify("sk-test-key-1", keyring, now: now) }
            #expect(error?.message.contains("disabled") == true && error?.code == "invalid_api_key")
        }
    }

    @Test func `several keys may be of one user, each with tags of its own`() throws {
        let otherDigest = String(repeating: "ab", count: 32)
        let other = Self.alice.replacing("k1", with: "k2").replacing(Self.digest, with: otherDigest)
        let tagged = Self.alice.replacing(#""id""#, with: #""tags": ["batch"], "id""#)
        let keyring = try keyring(tagged, other)
        let identity = try ByteBuffer(Array("sk-test-key-1".utf8)).withBytes { (bytes) throws(APIError) in
            try keyring.identify(bytes, now: 0)
        }
        #expect(identity.keyID == "k1" && identity.user == "alice" && identity.tags == ["batch"])
    }

    @Test func `a key ends at its time`() throws {
        let keyring = try keyring(Self.alice)
        #expect(throws: Never.self) { try identify("sk-test-key-1", keyring, now: 1_893_455_999) }
        let error = #expect(throws: APIError.self) { try identify("sk-test-key-1", keyring, now: 1_893_456_000) }
        #expect(error?.message.contains("expired") == true)
        #expect(error?.message.contains("sk-test") == false)
    }
}
