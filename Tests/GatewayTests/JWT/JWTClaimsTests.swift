import Testing
import Upstreams

@testable import Gateway

/// What claims say, and every way they can be wrong.
struct JWTClaimsTests {
    private static let now = 1_000_000

    private static func read(_ json: String, _ change: (inout JWTRules) -> Void = { _ in }) throws -> JWTClaims {
        var rules = JWTRules(algorithms: [])
        rules.leeway = 30
        change(&rules)
        let document = try unsafe JSONParser().parse(Array(json.utf8).span.bytes)
        return try JWTClaims(document.root, rules, now: now)
    }

    private static func fault(_ json: String, _ change: (inout JWTRules) -> Void = { _ in }) -> JWTFault? {
        do {
            _ = try read(json, change)
            return nil
        } catch {
            return error as? JWTFault
        }
    }

    @Test(
        "Times are kept to the second, with the leeway",
        arguments: [
            (#""exp": 1000001"#, nil), (#""exp": 999971"#, nil), (#""exp": 999970.5"#, nil),
            (#""exp": 999970"#, .expired(999_970)), (#""exp": 0"#, .expired(0)), (#""exp": -1e300"#, .expired(-1e300)),
            (#""exp": 1e300"#, nil), (#""exp": 2e6, "nbf": 1000030"#, nil),
            (#""exp": 2e6, "nbf": 1000031"#, .notYetValid(1_000_031)), (#""exp": 2e6, "iat": 1000030"#, nil),
            (#""exp": 2e6, "iat": 1000031"#, .issuedInFuture(1_000_031)), (#""nbf": 1"#, .missingClaim("exp")),
            (#""exp": null"#, .missingClaim("exp")), (#""exp": "2000000""#, .wrongClaim("exp")),
            (#""exp": 1e999"#, .wrongClaim("exp")), (#""exp": 2e6, "nbf": {}"#, .wrongClaim("nbf")),
            (#""exp": 2e6, "iat": []"#, .wrongClaim("iat")),
        ] as [(String, JWTFault?)])
    func times(_ members: String, _ fault: JWTFault?) {
        #expect(Self.fault("{\"sub\": \"a\", \(members)}") == fault)
    }

    @Test func `it is known until when a token may be kept`() throws {
        #expect(try Self.read(#"{"sub": "a", "exp": 1000000.5}"#).expires == 1_000_031)
        #expect(try Self.read(#"{"sub": "a", "exp": 1e300}"#).expires == 1_000_000_000_000_000)
    }

    @Test(
        "Issuer and audience have to be right",
        arguments: [
            (#""iss": "me", "aud": "us""#, nil), (#""iss": "me", "aud": ["x", "them"]"#, nil),
            (#""aud": "us""#, .issuer(nil)), (#""iss": "Me", "aud": "us""#, .issuer("Me")),
            (#""iss": ["me"], "aud": "us""#, .issuer(nil)), (#""iss": "me""#, .audience),
            (#""iss": "me", "aud": "u""#, .audience), (#""iss": "me", "aud": []"#, .audience),
            (#""iss": "me", "aud": [["us"]]"#, .audience), (#""iss": "me", "aud": {"us": 1}"#, .audience),
        ] as [(String, JWTFault?)])
    func issuerAndAudience(_ members: String, _ fault: JWTFault?) {
        let found = Self.fault("{\"sub\": \"a\", \"exp\": 2e6, \(members)}") { rules in
            rules.issuer = "me"
            rules.audiences = ["us", "them"]
        }
        #expect(found == fault)
    }

    @Test(
        "Claims name user, team and models",
        arguments: [
            (#""u": "al", "t": "red", "m": ["a", "b*"]"#, "al red a,b*"),
            (#""u": 12, "t": 7, "m": "a  b""#, "12 7 a,b"),
            (#""u": "al", "t": ["red", "blue"], "m": []"#, "al red "), (#""u": "al", "t": []"#, "al nil "),
            (#""u": "al", "t": null, "m": null"#, "al nil "), (#""t": "red""#, "no claim 'u'"),
            (#""u": """#, "claim 'u'"), (#""u": "a\u0000b""#, "claim 'u'"), (#""u": 1.5"#, "claim 'u'"),
            (#""u": ["al"]"#, "claim 'u'"), (#""u": "al", "t": {}"#, "claim 't'"),
            (#""u": "al", "t": [{}]"#, "claim 't'"),
            (#""u": "al", "m": 1"#, "claim 'm'"), (#""u": "al", "m": ["a", 1]"#, "claim 'm'"),
        ])
    func callers(_ members: String, _ expected: String) throws {
        let json = "{\"exp\": 2e6, \(members)}"
        let change = { (rules: inout JWTRules) in
            (rules.user, rules.team, rules.models) = (ClaimName("u"), ClaimName("t"), ClaimName("m"))
        }
        if let fault = Self.fault(json, change) {
            #expect(fault.message.contains(expected))
        } else {
            let claims = try Self.read(json, change)
            let models = claims.models?.joined(separator: ",") ?? "nil"
            #expect("\(claims.user) \(claims.team ?? "nil") \(models)" == expected)
        }
    }

    @Test func `a dot leads into an object, unless a claim has the whole name`() throws {
        let nested = { (rules: inout JWTRules) in rules.user = ClaimName("realm.owner.name") }
        #expect(try Self.read(#"{"exp": 2e6, "realm": {"owner": {"name": "al"}}}"#, nested).user == "al")
        #expect(
            try Self.read(#"{"exp": 2e6, "realm": {"owner": {"name": "al"}}, "realm.owner.name": "bo"}"#, nested).user
                == "bo")
        for json in [#"{"exp": 2e6, "realm": {"owner": "name"}}"#, #"{"exp": 2e6, "realm": null}"#, #"{"exp": 2e6}"#] {
            #expect(Self.fault(json, nested) == .missingClaim("realm.owner.name"))
        }
    }

    @Test func `without settings the subject is the user and may use every model`() throws {
        let claims = try Self.read(#"{"exp": 2e6, "sub": "al", "team": "red", "models": ["a"]}"#)
        #expect(claims.user == "al" && claims.team == nil && claims.models == nil)
        for json in [#"[]"#, #""text""#, "1"] {
            #expect(Self.fault(json) == .malformed("its payload is no JSON object"))
        }
    }

    @Test func `moments are told as people read them`() {
        #expect(JWTFault.expired(1_300_819_380).message == "The token expired at 2011-03-22T18:43:00.000Z.")
        #expect(JWTFault.expired(-1e300).message.contains("1970-01-01"))
        #expect(JWTFault.notYetValid(1e300).message.contains("2255"))
    }
}
