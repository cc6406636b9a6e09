/// The checksum of ISO 3309, as zlib has it (polynomial 0xEDB88320, reflected).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        var value = UInt32(byte)
        for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        return value
    }

    static func of(_ bytes: RawSpan) -> UInt32 {
        var sum = UInt32.max
        for offset in 0..<bytes.byteCount {
            sum = sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ bytes.byte(at: offset))]
        }
        return ~sum
    }
}
