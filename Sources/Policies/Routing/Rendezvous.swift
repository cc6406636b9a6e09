/// Rendezvous hashing (Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998): whoever is
/// nearest to a key gets it. When a target comes or goes, no key moves between the others.
package enum Rendezvous {
    /// FNV-1a, 64 bits.
    package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }

    /// How far a target is from a key. With the logarithm of an even distribution as a waiting time, targets are nearest
    /// in proportion to their weights.
    package static func distance(_ key: UInt64, _ target: UInt64, weight: Int) -> Double {
        var mix = SplitMix64(seed: key ^ (target &* 0x9E37_79B9_7F4A_7C15))
        let even = (Double(mix.next() >> 11) + 0.5) / Double(1 << 53)
        return -naturalLogarithm(even) / Double(weight)
    }

    /// Of a positive, normal number. Enough digits to tell targets apart.
    static func naturalLogarithm(_ number: Double) -> Double {
        // ln(m · 2^e) = ln m + e · ln 2, and ln m = 2 artanh((m − 1) / (m + 1)).
        let ratio = (number.significand - 1) / (number.significand + 1)
        var power = ratio
        var sum = 0.0
        for odd in stride(from: 1, through: 31, by: 2) {
            sum += power / Double(odd)
            power *= ratio * ratio
        }
        return 2 * sum + Double(number.exponent) * 0.693_147_180_559_945_3
    }
}
