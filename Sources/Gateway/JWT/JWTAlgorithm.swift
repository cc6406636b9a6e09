/// The ways of signing a token that are known here (RFC 7518 section 3.1). There is no `none`.
package enum JWTAlgorithm: String, CaseIterable, Sendable {
    /// HMAC with SHA-256 and a secret that both sides hold.
    case hs256 = "HS256"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// ECDSA on the curve P-256 with SHA-256.
    case es256 = "ES256"
}
