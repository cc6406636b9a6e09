import COpenSSL
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
            let expected = Self.hmac(secret, message)
            return unsafe constantTimeEquals(expected.span.bytes, signature.span.bytes)
        case .rsa(let key):
            return key.verifySHA256(signature, of: message)
        case .ec(let key):
            guard let signature = DER.ecdsaSignature(signature) else { return false }
            return key.verifySHA256(signature, of: message)
        }
    }

    /// HMAC-SHA-256 (RFC 2104): 32 bytes.
    private static func hmac(_ secret: [UInt8], _ message: RawSpan) -> [UInt8] {
        unsafe Array(unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { code, count in
            unsafe message.withUnsafeBytes { message in
                let done = unsafe EVP_Q_mac(
                    nil, "HMAC", nil, "SHA256", nil, secret, secret.count,
                    message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count, code.baseAddress,
                    code.count, &count)
                precondition(unsafe done != nil, "HMAC of bytes in memory cannot fail")
            }
        }
    }
}
