extension RawSpan {
    /// `range` without the spaces and tabs at its two ends (`OWS`, RFC 9110 section 5.6.3).
    @inline(__always)
    package func trimmingBlanks(in range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, HTTPSyntax.isBlank(byte(at: lower)) { lower += 1 }
        while lower < upper, HTTPSyntax.isBlank(byte(at: upper - 1)) { upper -= 1 }
        return lower..<upper
    }
}
