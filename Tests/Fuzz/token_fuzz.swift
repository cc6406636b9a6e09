import Upstreams

/// Takes every input apart as a token, and reads it as claims. Neither may crash, and what is taken for a token must
/// say where its parts are.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzToken(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count).bytes
    let parser = JSONParser(maxDepth: 16, maxValues: 10_000)
    if let token = try? CompactJWT(bytes, parser: parser) {
        guard let (first, second) = CompactJWT.dots(in: bytes), first < second, token.signed == 0..<second else {
            fatalError("a token's parts are not where they should be")
        }
        check(token.payload.span.bytes, parser)
    }
    check(bytes, parser)
    return 0
}

private func check(_ payload: RawSpan, _ parser: JSONParser) {
    var rules = JWTRules(algorithms: [.rs256])
    rules.issuer = "i"
    rules.audiences = ["a"]
    (rules.team, rules.models) = (ClaimName("r.t"), ClaimName("m"))
    guard let document = try? parser.parse(payload) else { return }
    do throws(JWTFault) {
        let claims = try JWTClaims(document.root, rules, now: 1_000_000)
        if claims.user.isEmpty || claims.expires <= 1_000_000 { fatalError("claims that say nothing were taken") }
    } catch {
        if error.message.isEmpty { fatalError("a fault without words") }
    }
}
