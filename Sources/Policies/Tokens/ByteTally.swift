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

    /// All that was counted.
    var sum: Float { Float(SIMD16<UInt16>(truncatingIfNeeded: lanes).wrappedSum()) }
}
