import COpenSSL

/// The public half of a pair of keys, for checking signatures.
///
/// Owns one `EVP_PKEY` and frees it exactly once. Holds nothing secret.
@safe
final class PublicKey: Sendable {
    // Shared by all workers without a lock of ours: nothing changes it after `init`, and OpenSSL guards its caches.
    private nonisolated(unsafe) let pointer: OpaquePointer

    /// From a SubjectPublicKeyInfo in DER. Nil for one that is none, such as a point that is not on its curve.
    init?(der: [UInt8]) {
        OpenSSLErrors.clear()
        defer { OpenSSLErrors.clear() }
        let key = unsafe der.withUnsafeBufferPointer { bytes in
            var position = bytes.baseAddress
            return unsafe d2i_PUBKEY(nil, &position, bytes.count)
        }
        guard let key = unsafe key else { return nil }
        unsafe pointer = key
    }

    deinit { unsafe EVP_PKEY_free(pointer) }

    /// The size of an RSA key's modulus, or of a curve.
    var bits: Int { Int(unsafe EVP_PKEY_get_bits(pointer)) }

    /// Whether the key's owner signed the SHA-256 of `message`: by RSASSA-PKCS1-v1_5 with an RSA key, by ECDSA, the
    /// signature in DER, with one on a curve.
    func verifySHA256(_ signature: [UInt8], of message: RawSpan) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        defer {
            unsafe EVP_MD_CTX_free(context)
            // What is wrong with a stranger's signature must not be found by the next call on a TLS session.
            OpenSSLErrors.clear()
        }
        guard unsafe EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, pointer) == 1 else { return false }
        return unsafe message.withUnsafeBytes { message in
            unsafe EVP_DigestVerify(
                context, signature, signature.count, message.baseAddress?.assumingMemoryBound(to: UInt8.self),
                message.count) == 1
        }
    }
}
