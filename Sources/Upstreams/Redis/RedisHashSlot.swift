/// Which of a cluster's 16,384 slots a key lies in (Redis Cluster specification, "Key distribution model").
package enum RedisHashSlot {
    package static let count = 16_384

    /// The slot of `key`: of what stands between its first `{` and the next `}`, if there is something; else of all.
    package static func slot(of key: String) -> Int {
        let key = key.utf8
        var hashed = key[...]
        if let open = key.firstIndex(of: UInt8(ascii: "{")),
            let close = key[open...].firstIndex(of: UInt8(ascii: "}")), close > key.index(after: open)
        {
            hashed = key[key.index(after: open)..<close]
        }
        var sum: UInt16 = 0
        for byte in hashed { sum = sum << 8 ^ table[Int(sum >> 8 ^ UInt16(byte))] }
        return Int(sum) % count
    }

    /// CRC-16/XMODEM: polynomial 0x1021, nothing reflected, from 0.
    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { sum, _ in sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
    }
}
