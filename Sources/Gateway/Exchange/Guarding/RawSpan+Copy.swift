import Glibc

extension RawSpan {
    /// All bytes in an array.
    func copy() -> [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }

    /// Byte by byte the same.
    func equals(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == byteCount else { return false }
        return unsafe withUnsafeBytes { own in
            guard let start = own.baseAddress else { return true }
            return unsafe memcmp(start, bytes, bytes.count) == 0
        }
    }
}
