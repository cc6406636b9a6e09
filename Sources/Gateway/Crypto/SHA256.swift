import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that are all at hand: one digest after another, with one state of OpenSSL's.
///
/// Owns the state and frees it exactly once. Each digest begins anew. Belongs to one thread.
@safe
package final class SHA256 {
    // EVP_sha256() would look the algorithm up anew in each call. Never changed after the fetch, and never freed.
    private nonisolated(unsafe) static let algorithm = unsafe fetch()
    private let state: OpaquePointer

    init() {
        guard let state = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        unsafe self.state = state
    }

    deinit { unsafe EVP_MD_CTX_free(state) }

    /// Does not allocate memory but for the first digest.
    func hash(_ bytes: RawSpan) -> Digest {
        var words = InlineArray<4, UInt64>(repeating: 0)
        let done = unsafe bytes.withUnsafeBytes { input in
            var output = words.mutableSpan
            return unsafe output.withUnsafeMutableBytes { output in
                unsafe EVP_DigestInit_ex2(state, Self.algorithm, nil) == 1
                    && EVP_DigestUpdate(state, input.baseAddress, input.count) == 1
                    && EVP_DigestFinal_ex(state, output.baseAddress?.assumingMemoryBound(to: UInt8.self), nil) == 1
            }
        }
        precondition(done, "SHA-256 of bytes in memory cannot fail")
        return Digest(
            UInt64(bigEndian: words[0]), UInt64(bigEndian: words[1]), UInt64(bigEndian: words[2]),
            UInt64(bigEndian: words[3]))
    }

    /// A single digest.
    package static func hash(_ bytes: RawSpan) -> Digest { SHA256().hash(bytes) }

    package static func hash(_ bytes: [UInt8]) -> Digest { unsafe hash(bytes.span.bytes) }

    @unsafe
    private static func fetch() -> OpaquePointer {
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil) else { preconditionFailure("no SHA-256") }
        return unsafe algorithm
    }
}
