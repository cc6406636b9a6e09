import COpenSSL

/// Unpredictable bytes, for secrets and identifiers that must not be guessed. OpenSSL keeps one generator per thread.
package enum RandomBytes {
    /// Overwrites all of `bytes`.
    package static func fill(_ bytes: inout MutableRawSpan) {
        let done = unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe RAND_bytes(bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(bytes.count))
        }
        precondition(done == 1, "no randomness")
    }

    package static func make(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        fill(&raw)
        return bytes
    }

    /// `count` bytes as twice as many lower-case digits.
    package static func hexadecimal(_ count: Int) -> String { Hexadecimal.encode(make(count)) }
}
