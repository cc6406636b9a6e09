import Upstreams

/// A key with which tokens are checked. Its type alone says by which algorithm: what a token's header claims can never
/// turn a public key into a secret.
struct VerificationKey: Sendable {
    enum Material: Sendable {
        /// The bytes of a shared secret.
        case secret([UInt8])
        case rsa(PublicKey)
        /// On the curve P-256.
        case ec(PublicKey)
    }

    /// By which tokens name it (`kid`); nil: it has no name.
    let id: String?
    let material: Material

    var algorithm: JWTAlgorithm {
        switch material {
        case .secret: .hs256
        case .rsa: .rs256
        case .ec: .es256
        }
    }

    /// Whether `signature`, in the form that tokens have (RFC 7518 section 3), is this key's for `message`.
    func verify(_ signature: [UInt8], of message: RawSpan) -> Bool {
        switch material {
        case .secret(let secret):
            let expected = HMAC256.code(of: message, key: secret)
            return unsafe constantTimeEquals(expected.span.bytes, signature.span.bytes)
        case .rsa(let key):
            return key.verifySHA256(signature, of: message)
        case .ec(let key):
            guard let signature = DER.ecdsaSignature(signature) else { return false }
            return key.verifySHA256(signature, of: message)
        }
    }
}
