import COpenSSL

/// Text that OpenSSL prints into a memory BIO.
enum MemoryText {
    /// Runs `print` with a BIO that lives during the call, and gives what was printed.
    @unsafe
    static func make(_ print: (OpaquePointer) -> Int32) -> String {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { preconditionFailure("out of memory") }
        defer { unsafe BIO_free(bio) }
        _ = unsafe print(bio)
        var bytes: UnsafeMutablePointer<CChar>?
        let count = unsafe shim_BIO_get_mem_data(bio, &bytes)
        return unsafe String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
