import Upstreams

/// Checks tokens: form, algorithm, key, signature, claims, in this order.
///
/// Pure but for the parser's memory: keys and the time are arguments. One per worker.
struct JWTVerifier {
    let rules: JWTRules
    // Small bounds: a token is one flat object or two.
    private let parser = JSONParser(maxDepth: 16, maxValues: 10_000)

    init(_ rules: JWTRules) { self.rules = rules }

    func takeApart(_ text: RawSpan) throws(JWTFault) -> CompactJWT { try CompactJWT(text, parser: parser) }

    /// The algorithm by which a token says that it is signed, if that is accepted.
    func algorithm(of token: CompactJWT) throws(JWTFault) -> JWTAlgorithm {
        guard let algorithm = JWTAlgorithm(rawValue: token.algorithm), rules.algorithms.contains(algorithm) else {
            throw .algorithm(token.algorithm)
        }
        return algorithm
    }

    /// What a token says that one of `keys` signed. `text` is the whole token, `now` in seconds since 1970.
    func verify(
        _ token: CompactJWT, in text: RawSpan, keys: [VerificationKey], now: Int
    ) throws(JWTFault) -> JWTClaims {
        let key = try choose(token, try algorithm(of: token), keys)
        guard key.verify(token.signature, of: text.extracting(token.signed)) else { throw .signature }
        guard let document = try? unsafe parser.parse(token.payload.span.bytes) else {
            throw .malformed("its payload is not JSON")
        }
        return try JWTClaims(document.root, rules, now: now)
    }

    /// The one key of that algorithm with the token's key id. Where either has no id, the key has to be the only one
    /// that can be meant; so a token costs one signature to check.
    private func choose(
        _ token: CompactJWT, _ algorithm: JWTAlgorithm, _ keys: [VerificationKey]
    ) throws(JWTFault) -> VerificationKey {
        let fitting = keys.filter { $0.algorithm == algorithm }
        if let id = token.keyID {
            if let named = fitting.first(where: { $0.id == id }) { return named }
            let nameless = fitting.filter { $0.id == nil }
            guard nameless.count == 1 else { throw .unknownKey(id) }
            return nameless[0]
        }
        guard fitting.count == 1 else { throw .unknownKey(nil) }
        return fitting[0]
    }
}
