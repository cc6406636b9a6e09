extension RawSpan {
    /// All bytes in an array.
    func copy() -> [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }

    /// Byte by byte the same.
    func equals(_ bytes: [UInt8]) -> Bool {
        unsafe withUnsafeBytes { unsafe $0.elementsEqual(bytes) }
    }
}
