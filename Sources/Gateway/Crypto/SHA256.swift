import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that are all at hand.
package enum SHA256 {
    // EVP_sha256() would look the algorithm up anew in each call. Never changed after the fetch, and never freed.
    private nonisolated(unsafe) static let algorithm = unsafe fetch()

    /// Does not allocate memory of ours; OpenSSL makes and frees its own state.
    package static func hash(_ bytes: RawSpan) -> Digest {
        var words = InlineArray<4, UInt64>(repeating: 0)
        let done = unsafe bytes.withUnsafeBytes { input in
            var output = words.mutableSpan
            return unsafe output.withUnsafeMutableBytes { output in
                unsafe EVP_Digest(
                    input.baseAddress, input.count, output.baseAddress?.assumingMemoryBound(to: UInt8.self), nil,
                    algorithm, nil)
            }
        }
        precondition(done == 1, "SHA-256 of bytes in memory cannot fail")
        return Digest(
            UInt64(bigEndian: words[0]), UInt64(bigEndian: words[1]), UInt64(bigEndian: words[2]),
            UInt64(bigEndian: words[3]))
    }

    package static func hash(_ bytes: [UInt8]) -> Digest { unsafe hash(bytes.span.bytes) }

    @unsafe
    private static func fetch() -> OpaquePointer {
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil) else { preconditionFailure("no SHA-256") }
        return unsafe algorithm
    }
}
