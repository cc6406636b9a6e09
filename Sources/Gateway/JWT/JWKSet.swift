import Upstreams

/// The keys of a JWK set (RFC 7517 section 5) that can check tokens here. Immutable; shared by all workers.
///
/// RSA keys from 2048 bits on and keys on P-256 are taken. Keys of another type, use, algorithm or size are passed
/// over, secrets (`oct`) among them: a set is a public thing.
package struct JWKSet: Sendable {
    /// Why a text is no set of any use, in words that fit behind its name.
    struct Fault: Error, Equatable {
        let reason: String
    }

    /// At least one, in the order of the set.
    let keys: [VerificationKey]

    /// Bytes of a set.
    static let maxBytes = 1_048_576
    private static let maxKeys = 100
    private static let rsaBits = 2048...8192

    init(parsing bytes: [UInt8]) throws(Fault) {
        let document: JSONDocument
        do {
            document = try unsafe JSONParser(maxDepth: 16, maxValues: 100_000).parse(bytes.span.bytes)
        } catch {
            throw Fault(reason: "it is not JSON")
        }
        guard let list = document.root["keys"], list.kind == .array else {
            throw Fault(reason: "it is no JWK set: an object with a list \"keys\" is expected")
        }
        guard list.count <= Self.maxKeys else { throw Fault(reason: "it has more than \(Self.maxKeys) keys") }
        keys = list.elements.compactMap(Self.key)
        if keys.isEmpty {
            throw Fault(reason: "it has no key for RS256 (RSA, 2048 to 8192 bits) or ES256 (EC, P-256)")
        }
    }

    private static func key(_ jwk: JSONValue) -> VerificationKey? {
        guard isForSignatures(jwk), let material = material(jwk) else { return nil }
        let key = VerificationKey(id: jwk["kid"]?.string, material: material)
        if let algorithm = jwk["alg"], !algorithm.isNull, algorithm.string != key.algorithm.rawValue { return nil }
        return key
    }

    /// `use` and `key_ops` (RFC 7517 sections 4.2 and 4.3), where they are given.
    private static func isForSignatures(_ jwk: JSONValue) -> Bool {
        if let use = jwk["use"], !use.isNull, !use.isString("sig") { return false }
        guard let operations = jwk["key_ops"], !operations.isNull else { return true }
        return operations.elements.contains { $0.isString("verify") }
    }

    /// RFC 7518 section 6.
    private static func material(_ jwk: JSONValue) -> VerificationKey.Material? {
        switch jwk["kty"]?.string {
        case "RSA":
            guard let modulus = bytes(jwk["n"]), let exponent = bytes(jwk["e"]), modulus.count <= 1025,
                exponent.count <= 8, let key = PublicKey(der: DER.rsaKey(modulus: modulus, exponent: exponent)),
                rsaBits.contains(key.bits), exponent.last.map({ $0 & 1 == 1 && exponent != [1] }) ?? false
            else { return nil }
            return .rsa(key)
        case "EC":
            guard jwk["crv"]?.isString("P-256") == true, let x = bytes(jwk["x"]), let y = bytes(jwk["y"]),
                x.count == 32, y.count == 32, let key = PublicKey(der: DER.p256Key(x: x, y: y))
            else { return nil }
            return .ec(key)
        default:
            return nil
        }
    }

    private static func bytes(_ value: JSONValue?) -> [UInt8]? { value?.withUTF8 { Base64URL.decode($0) } ?? nil }
}
