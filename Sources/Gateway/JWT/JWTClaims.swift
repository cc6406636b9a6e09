import Upstreams

/// Who is calling, as the claims of a token say that is valid now. The signature is another's business.
struct JWTClaims: Equatable {
    let user: String
    let team: String?
    /// Patterns of models that may be used; nil: all.
    let models: [String]?
    /// The second since 1970 from which the token is no longer accepted, the leeway included.
    let expires: Int

    /// Checks the registered claims (RFC 7519 section 4.1) and reads the others. `now`: seconds since 1970.
    init(_ claims: JSONValue, _ rules: JWTRules, now: Int) throws(JWTFault) {
        guard claims.kind == .object else { throw .malformed("its payload is no JSON object") }
        guard let end = try Self.time("exp", claims) else { throw .missingClaim("exp") }
        let now = Double(now)
        guard now < end + rules.leeway else { throw .expired(end) }
        if let start = try Self.time("nbf", claims), now + rules.leeway < start { throw .notYetValid(start) }
        if let issued = try Self.time("iat", claims), now + rules.leeway < issued { throw .issuedInFuture(issued) }
        try Self.checkIssuer(claims, rules)
        try Self.checkAudience(claims, rules)
        expires = Int(min((end + rules.leeway).rounded(.up), 1e15))
        guard let user = rules.user.find(in: claims) else { throw .missingClaim(rules.user.text) }
        self.user = try Self.text(user, rules.user)
        team = try Self.team(claims, rules)
        models = try Self.models(claims, rules)
    }

    /// A NumericDate: seconds since 1970, perhaps with a fraction.
    private static func time(_ name: StaticString, _ claims: JSONValue) throws(JWTFault) -> Double? {
        guard let value = claims[name], !value.isNull else { return nil }
        guard let seconds = value.double else { throw .wrongClaim("\(name)") }
        return seconds
    }

    private static func checkIssuer(_ claims: JSONValue, _ rules: JWTRules) throws(JWTFault) {
        guard let expected = rules.issuer else { return }
        let issuer = claims["iss"]?.string
        guard issuer == expected else { throw .issuer(issuer) }
    }

    /// `aud` is one text or a list of them.
    private static func checkAudience(_ claims: JSONValue, _ rules: JWTRules) throws(JWTFault) {
        guard !rules.audiences.isEmpty else { return }
        guard let audience = claims["aud"] else { throw .audience }
        let found = audience.string.map { [$0] } ?? audience.elements.compactMap(\.string)
        guard found.contains(where: rules.audiences.contains) else { throw .audience }
    }

    /// A team is one text, or the first of a list.
    private static func team(_ claims: JSONValue, _ rules: JWTRules) throws(JWTFault) -> String? {
        guard let name = rules.team, let value = name.find(in: claims) else { return nil }
        guard value.kind == .array else { return try text(value, name) }
        var elements = value.elements
        guard let first = elements.next() else { return nil }
        return try text(first, name)
    }

    /// Models are a list of texts, or one text with blanks between them. Without the claim there are none.
    private static func models(_ claims: JSONValue, _ rules: JWTRules) throws(JWTFault) -> [String]? {
        guard let name = rules.models else { return nil }
        guard let value = name.find(in: claims) else { return [] }
        if let line = value.string { return line.split(separator: " ").map(String.init) }
        guard value.kind == .array else { throw .wrongClaim(name.text) }
        var models: [String] = []
        for element in value.elements {
            guard let model = element.string else { throw .wrongClaim(name.text) }
            models.append(model)
        }
        return models
    }

    /// Text that is not empty and without control characters; an integer stands for its digits.
    private static func text(_ value: JSONValue, _ name: ClaimName) throws(JWTFault) -> String {
        guard let text = value.string ?? value.int.map(String.init), !text.isEmpty,
            !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { throw .wrongClaim(name.text) }
        return text
    }
}
