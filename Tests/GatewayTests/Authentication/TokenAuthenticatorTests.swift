import Policies
import Testing
import Upstreams

@testable import Gateway

/// Callers by token: what is kept of them, and where keys come from.
struct TokenAuthenticatorTests {
    private static let now = 1_800_000_000
    private static let location = JWKSLocation(
        origin: "http://127.0.0.1:9", path: "/", refreshMs: 1000, caFile: nil, proxy: nil)

    private func authenticator(_ fetched: PublishedKeys?) throws -> TokenAuthenticator {
        let settings = fetched == nil ? #""secret": {"env": "S"}"# : #""jwks_url": "http://127.0.0.1:9/""#
        let claims = #""claims": {"team": "realm.teams", "models": "models"}"#
        let configuration = try ConfigFixture.load(
            ConfigFixture.root([
                "policies": #"[{"kind": "auth", "require": "jwt", "jwt": {\#(settings), \#(claims)}}]"#
            ]), environment: ["S": GoldenTokens.secret])
        let policy = try #require(configuration.authentication(onListener: "public")?.jwt)
        return TokenAuthenticator(policy, fetched: fetched)
    }

    private func identify(
        _ token: String, _ authenticator: TokenAuthenticator, now: Int = now
    ) throws(APIError) -> Identity? {
        try ByteBuffer(Array(token.utf8)).withBytes { (bytes) throws(APIError) in
            try authenticator.identify(bytes, now: now)
        }
    }

    private func status(_ token: String, _ authenticator: TokenAuthenticator, now: Int = now) -> String {
        do throws(APIError) {
            return try identify(token, authenticator, now: now)?.user ?? "nil"
        } catch {
            return "\(error.status.code) \(error.retryAfter ?? 0)"
        }
    }

    private func set() throws -> JWKSet { try JWKSet(parsing: Array(GoldenTokens.keySet.utf8)) }

    @Test func `claims become an identity, the first time and later`() throws {
        let authenticator = try authenticator(nil)
        for _ in 0..<2 {
            let identity = try #require(try identify(GoldenTokens.hs256, authenticator))
            #expect(identity.user == "alice" && identity.team == "red" && identity.keyID == nil)
            #expect(identity.models.map(\.pattern) == ["gpt-*", "echo"])
        }
        #expect(status("sk-key", authenticator) == "nil")
        #expect(status("a.b.c", authenticator) == "nil")
    }

    @Test func `a token that was kept still expires`() throws {
        let authenticator = try authenticator(nil)
        #expect(status(GoldenTokens.hs256, authenticator, now: 4_102_444_829) == "alice")
        #expect(status(GoldenTokens.hs256, authenticator, now: 4_102_444_830) == "401 0")
    }

    @Test func `before the first set everyone is told to come back`() throws {
        let keys = PublishedKeys(Self.location)
        let authenticator = try authenticator(keys)
        #expect(status(GoldenTokens.rs256, authenticator) == "503 1000")
        #expect(status(GoldenTokens.hs256, authenticator) == "401 0", "that algorithm never will be accepted")
        keys.publish(try set())
        #expect(status(GoldenTokens.rs256, authenticator) == "alice")
    }

    @Test func `an unknown key is asked for once in ten seconds`() throws {
        let keys = PublishedKeys(Self.location)
        keys.publish(try set())
        let authenticator = try authenticator(keys)
        // {"alg":"RS256","kid":"rsa-9"}
        let unknown = "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYS05In0.e30.AA"
        #expect(status(unknown, authenticator) == "503 1000")
        #expect(status(unknown, authenticator, now: Self.now + 1) == "503 1000", "the fetch is still under way")
        keys.keep()
        #expect(status(unknown, authenticator, now: Self.now + 9) == "401 0")
        #expect(status(GoldenTokens.rs256, authenticator, now: Self.now + 9) == "alice")
        #expect(status(unknown, authenticator, now: Self.now + 10) == "503 1000")
    }

    @Test func `a key that was withdrawn lets no one in, known or not`() throws {
        let keys = PublishedKeys(Self.location)
        keys.publish(try set())
        let authenticator = try authenticator(keys)
        #expect(status(GoldenTokens.rs256, authenticator) == "alice")
        let rest = GoldenTokens.keySet.replacing("rsa-1", with: "rsa-2")
        keys.publish(try JWKSet(parsing: Array(rest.utf8)))
        #expect(status(GoldenTokens.rs256, authenticator) == "503 1000")
        keys.keep()
        #expect(status(GoldenTokens.rs256, authenticator) == "401 0")
        #expect(status(GoldenTokens.es256, authenticator) == "alice")
    }
}
