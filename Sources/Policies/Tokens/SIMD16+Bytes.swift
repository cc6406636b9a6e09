/// Comparisons of sixteen bytes with one. Those of the standard library that take a scalar are not made into vector
/// instructions; those of two vectors are.
extension SIMD16<UInt8> {
    @inline(__always)
    func equals(_ byte: UInt8) -> ByteTally.Mask { self .== Self(repeating: byte) }

    @inline(__always)
    func isBelow(_ byte: UInt8) -> ByteTally.Mask { self .< Self(repeating: byte) }

    /// True where the byte is `first` or one of the `count - 1` after it.
    @inline(__always)
    func isOne(of count: UInt8, from first: UInt8) -> ByteTally.Mask { (self &- first).isBelow(count) }

    @inline(__always)
    func isAtLeast(_ byte: UInt8) -> ByteTally.Mask { self .>= Self(repeating: byte) }

    /// In each lane the lesser of both.
    @inline(__always)
    func least(_ other: Self) -> Self { replacing(with: other, where: other .< self) }

    /// In each lane the greater of both.
    @inline(__always)
    func greatest(_ other: Self) -> Self { replacing(with: other, where: other .> self) }
}

extension RawSpan {
    /// The sixteen bytes from `offset` on, which the caller has checked.
    @inline(__always)
    func vector(at offset: Int) -> SIMD16<UInt8> {
        unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: SIMD16<UInt8>.self)
    }
}
