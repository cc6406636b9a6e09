import Upstreams

extension ByteBuffer {
    /// A number of billionths as a decimal with a point and no more digits than it has: `1500000000` as `1.5`.
    mutating func append(billionths value: Int) {
        if value < 0 { append("-") }
        let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        append(decimal: Int(whole))
        append(".")
        var fraction = rest
        var digit: UInt = 100_000_000
        repeat {
            append(UInt8(ascii: "0") + UInt8(fraction / digit))
            fraction %= digit
            digit /= 10
        } while fraction > 0
    }
}
