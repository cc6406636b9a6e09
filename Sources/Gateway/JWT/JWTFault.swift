import Upstreams

/// Why a token is not accepted. What it quotes of claims comes from tokens whose signature is right; it never quotes
/// a token.
enum JWTFault: Error, Equatable {
    /// Not of the form of a token: perhaps a key.
    case notAToken
    /// Of its form, but broken: what is.
    case malformed(String)
    case tooLong(limit: Int)
    /// Signed by an algorithm that is not accepted, or with extensions that are not understood.
    case algorithm(String)
    case criticalExtension
    /// No key has this id; nil: it names none, and none or several would fit.
    case unknownKey(String?)
    case signature
    /// Times in seconds since 1970.
    case expired(Double)
    case notYetValid(Double)
    case issuedInFuture(Double)
    case issuer(String?)
    case audience
    /// A claim that is needed is missing or not of its type.
    case missingClaim(String)
    case wrongClaim(String)

    /// One sentence for the client.
    var message: String {
        switch self {
        case .notAToken: "The credential is no JSON Web Token; a signed one (JWT) is expected."
        case .malformed(let part): "The token is malformed: \(part)."
        case .tooLong(let limit): "The token is too long: the limit is \(limit) bytes."
        case .algorithm(let name): "The token's algorithm '\(name.prefix(20))' is not accepted."
        case .criticalExtension: "The token needs extensions ('crit') that are not understood."
        case .unknownKey(let id?): "The token is signed with an unknown key id '\(id.prefix(100))'."
        case .unknownKey(nil): "The token names no key id ('kid') by which one key could be chosen."
        case .signature: "The token's signature is wrong."
        case .expired(let time): "The token expired at \(Self.text(time))."
        case .notYetValid(let time): "The token is not valid before \(Self.text(time))."
        case .issuedInFuture(let time): "The token was issued in the future, at \(Self.text(time))."
        case .issuer(let name?): "The token's issuer '\(name.prefix(200))' is not the one that is trusted."
        case .issuer(nil): "The token names no issuer ('iss')."
        case .audience: "The token is for another audience ('aud')."
        case .missingClaim(let name): "The token has no claim '\(name)'."
        case .wrongClaim(let name): "The token's claim '\(name)' is not of the type that is expected."
        }
    }

    private static func text(_ seconds: Double) -> String {
        var buffer = ByteBuffer()
        // Nanoseconds since 1970 fit until the year 2262.
        UTCTime.append(Int(min(max(seconds, 0), 9_000_000_000)) * 1_000_000_000, into: &buffer)
        return buffer.withBytes { unsafe $0.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }
}
