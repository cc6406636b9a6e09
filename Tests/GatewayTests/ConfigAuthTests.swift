import Testing

@testable import Gateway

/// What an auth policy's settings have to agree on.
@Suite("Auth policies of a configuration")
struct ConfigAuthTests {
    private static let environment = ["S": GoldenTokens.secret, "SHORT": "0123456789012345678901234567890"]

    private func mistakes(_ policy: String) -> [String] {
        ConfigFixture.mistakes(
            ConfigFixture.root(["policies": "[{\"kind\": \"auth\", \(policy)}]"]), environment: Self.environment)
    }

    @Test(
        "One way or several",
        arguments: [
            #""require": "key""#, #""require": ["key"]"#, #""require": "open""#,
            #""require": ["key", "jwt"], "jwt": {"secret": {"env": "S"}}"#,
            #""require": "jwt", "jwt": {"jwks_url": "https://id.example.com/", "refresh_ms": 1000, "audience": ["a"]}"#,
            #""require": "jwt", "jwt": {"jwks_url": "https://id", "algorithms": ["RS256"], "audience": "a"}"#,
            #""require": "jwt", "jwt": {"jwks_url": "https://id", "secret": {"env": "S"}, "algorithms": ["HS256", "ES256"]}"#,
        ])
    func sound(_ policy: String) {
        #expect(mistakes(policy) == [])
    }

    @Test(
        "What contradicts itself is told with its place",
        arguments: [
            (#""require": []"#, "require: expected at least 1"),
            (#""require": "token""#, "require: expected one of"),
            (#""require": ["key", "open"]"#, "require: \"open\" asks for nothing"),
            (#""require": "jwt""#, "require: \"jwt\" needs a jwt section"),
            (#""require": "key", "jwt": {"secret": {"env": "S"}}"#, "jwt: has no effect"),
            (#""require": "key", "client_certificate": {}"#, "client_certificate: has no effect"),
            (
                #""require": "client_certificate""#,
                "require: no listener that this policy is for has tls.client_ca_file"
            ),
            (#""require": "jwt", "jwt": {}"#, "jwt: there is nothing to check tokens with"),
            (#""require": "jwt", "jwt": {"secret": {"env": "SHORT"}}"#, "jwt.secret: the secret is too short"),
            (#""require": "jwt", "jwt": {"secret": "plain"}"#, "jwt.secret: expected { \"env\": NAME }"),
            (
                #""require": "jwt", "jwt": {"secret": {"env": "S"}, "algorithms": ["HS256", "RS256"]}"#,
                "jwt.algorithms[1]: RS256 needs jwks_file or jwks_url"
            ),
            (
                #""require": "jwt", "jwt": {"jwks_url": "https://id", "algorithms": ["HS256", "RS256"]}"#,
                "jwt.algorithms[0]: HS256 needs a secret"
            ),
            (
                #""require": "jwt", "jwt": {"jwks_url": "https://id", "secret": {"env": "S"}, "algorithms": ["RS256"]}"#,
                "jwt.secret: has no effect"
            ),
            (
                #""require": "jwt", "jwt": {"jwks_url": "https://id", "secret": {"env": "S"}, "algorithms": ["HS256"]}"#,
                "jwt.jwks_url: has no effect"
            ),
            (
                #""require": "jwt", "jwt": {"secret": {"env": "S"}, "refresh_ms": 2000}"#,
                "jwt.refresh_ms: has no effect without jwks_url"
            ),
            (
                #""require": "jwt", "jwt": {"jwks_url": "https://id", "algorithms": ["none"]}"#,
                "jwt.algorithms[0]: expected one of"
            ),
            (#""require": "jwt", "jwt": {"jwks_url": "ftp://id"}"#, "jwt.jwks_url: expected an http or https URL"),
            (#""require": "jwt", "jwt": {"jwks_file": "missing.json"}"#, "jwt.jwks_file: cannot read"),
            (
                #""require": "jwt", "jwt": {"jwks_file": "/dev/null"}"#,
                "jwt.jwks_file: \"/dev/null\" cannot be used: it is not JSON"
            ),
            (
                #""require": "jwt", "jwt": {"secret": {"env": "S"}, "claims": {"user": ""}}"#,
                "jwt.claims.user: expected the name of a claim"
            ),
        ])
    func mistaken(_ policy: String, _ mistake: String) {
        let found = mistakes(policy)
        #expect(found.count == 1 && found[0].hasPrefix("policies[0].\(mistake)"), "\(found)")
    }
}
