/// Sixteen counters of eight bits, one for each lane of a vector: true lanes count one.
///
/// At most 255 vectors may be added.
struct ByteTally {
    typealias Mask = SIMDMask<SIMD16<Int8>>

    private var lanes = SIMD16<UInt8>.zero

    @inline(__always)
    mutating func add(_ mask: Mask) {
        // A true lane is all ones, which is -1.
        lanes &-= unsafe unsafeBitCast(mask, to: SIMD16<UInt8>.self)
    }

    /// All that was counted: neighbouring lanes are added into four of sixteen bits, and those by one product.
    var sum: Float {
        let halves = unsafe unsafeBitCast(lanes, to: SIMD2<UInt64>.self)
        let sums = Self.pairs(halves[0]) &+ Self.pairs(halves[1])
        return Float((sums &* 0x0001_0001_0001_0001) >> 48)
    }

    private static func pairs(_ half: UInt64) -> UInt64 {
        let even: UInt64 = 0x00FF_00FF_00FF_00FF
        return (half & even) &+ ((half >> 8) & even)
    }
}
