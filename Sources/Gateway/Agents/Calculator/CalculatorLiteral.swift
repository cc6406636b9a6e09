/// Numbers as they are written: `12`, `1.5`, `.5`, `1e-3`.
enum CalculatorLiteral {
    /// Largest exponent either way.
    private static let maxExponent = 1000

    /// Its exact value; nil if it is longer than the calculator's numbers.
    static func value(of text: [UInt8]) -> Rational? {
        var digits: [UInt8] = []
        var (places, exponent) = (0, 0)
        var (isBehindPoint, isInExponent, isNegative, isSmall) = (false, false, false, false)
        for byte in text {
            switch byte {
            case UInt8(ascii: "."): isBehindPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): isInExponent = true
            case UInt8(ascii: "-"): if isInExponent { isSmall = true } else { isNegative = true }
            case UInt8(ascii: "+"): break
            default:
                guard isInExponent else {
                    digits.append(byte)
                    places += isBehindPoint ? 1 : 0
                    continue
                }
                exponent = min(exponent * 10 + Int(byte &- UInt8(ascii: "0")), 10 * maxExponent)
            }
        }
        let scale = (isSmall ? -exponent : exponent) - places
        guard digits.count <= maxExponent, scale.magnitude <= maxExponent + digits.count else { return nil }
        let power = BigNatural(10).power(Int(scale.magnitude))
        let whole = BigNatural(decimal: digits)
        let value =
            scale >= 0
            ? Rational(whole * power, negative: isNegative) : Rational(whole, over: power, negative: isNegative)
        return value.bitWidth <= CalculatorNumber.maxBits ? value : nil
    }
}
