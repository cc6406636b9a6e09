import Glibc

/// A function of the calculator. Angles are in radians.
enum CalculatorFunction: String, CaseIterable {
    case sqrt, abs, sin, cos, tan, asin, acos, atan, ln, log, log2, exp, floor, ceil, round, min, max

    /// How many values it takes.
    var arity: ClosedRange<Int> {
        switch self {
        case .min, .max: 1...100
        case .round: 1...2
        default: 1...1
        }
    }

    /// Nil: the function has no value there.
    func apply(_ values: [CalculatorNumber]) -> CalculatorNumber? {
        let value = values[0]
        switch self {
        case .abs: return CalculatorNumber.isLess(value, .exact(Rational(0))) ? -value : value
        case .min: return values.dropFirst().reduce(value) { CalculatorNumber.isLess($1, $0) ? $1 : $0 }
        case .max: return values.dropFirst().reduce(value) { CalculatorNumber.isLess($0, $1) ? $1 : $0 }
        case .floor: return Self.toWhole(value, Glibc.floor) { $0.floor }
        case .ceil: return Self.toWhole(value, Glibc.ceil) { -(-$0).floor }
        case .round where values.count == 1: return Self.toWhole(value, Glibc.round) { $0.rounded }
        case .round: return Self.round(value, to: values[1])
        default:
            let result = real(value.double)
            return result.isNaN ? nil : .approximate(result)
        }
    }

    private func real(_ value: Double) -> Double {
        switch self {
        case .sqrt: Glibc.sqrt(value)
        case .sin: Glibc.sin(value)
        case .cos: Glibc.cos(value)
        case .tan: Glibc.tan(value)
        case .asin: Glibc.asin(value)
        case .acos: Glibc.acos(value)
        case .atan: Glibc.atan(value)
        case .ln: value == 0 ? .nan : Glibc.log(value)
        case .log: value == 0 ? .nan : Glibc.log10(value)
        case .log2: value == 0 ? .nan : Glibc.log2(value)
        case .exp: Glibc.exp(value)
        case .abs, .min, .max, .floor, .ceil, .round: .nan
        }
    }

    private static func toWhole(
        _ value: CalculatorNumber, _ approximate: (Double) -> Double, _ exact: (Rational) -> Rational
    ) -> CalculatorNumber {
        switch value {
        case .exact(let value): .exact(exact(value))
        case .approximate(let value): .approximate(approximate(value))
        }
    }

    /// `places` decimal digits behind the point, 0 to 30; halves away from zero.
    private static func round(_ value: CalculatorNumber, to places: CalculatorNumber) -> CalculatorNumber? {
        guard case .exact(let places) = places, let count = places.small, (0...30).contains(count),
            let exact = value.exactly
        else { return nil }
        let scale = Rational(BigNatural(10).power(count))
        return .exact((exact * scale).rounded / scale)
    }
}
