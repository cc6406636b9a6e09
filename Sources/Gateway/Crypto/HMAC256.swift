import COpenSSL

/// HMAC with SHA-256 (RFC 2104): 32 bytes.
enum HMAC256 {
    static func code(of message: RawSpan, key: [UInt8]) -> [UInt8] {
        unsafe Array(unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { code, count in
            unsafe message.withUnsafeBytes { message in
                let done = unsafe EVP_Q_mac(
                    nil, "HMAC", nil, "SHA256", nil, key, key.count,
                    message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count, code.baseAddress,
                    code.count, &count)
                precondition(unsafe done != nil, "HMAC of bytes in memory cannot fail")
            }
        }
    }

    static func code(of text: String, key: [UInt8]) -> [UInt8] {
        unsafe code(of: Array(text.utf8).span.bytes, key: key)
    }
}
