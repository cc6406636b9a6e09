import Glibc

/// A number of the calculator: exact as long as it can be, else the nearest double.
enum CalculatorNumber: Equatable {
    case exact(Rational)
    case approximate(Double)

    /// Bits of an exact number's larger part: about 1,000 decimal digits. What is longer goes on as a double.
    static let maxBits = 3322
    /// Digits behind the point that an exact result is shown with.
    private static let maxPlaces = 60

    var double: Double {
        switch self {
        case .exact(let value): value.double
        case .approximate(let value): value
        }
    }

    var isZero: Bool {
        switch self {
        case .exact(let value): value.isZero
        case .approximate(let value): value == 0
        }
    }

    /// The exact value; that of a double is what its shortest digits say.
    var exactly: Rational? {
        switch self {
        case .exact(let value): value
        case .approximate(let value): CalculatorLiteral.value(of: Array("\(value)".utf8))
        }
    }

    // MARK: Arithmetic

    enum Operation { case add, subtract, multiply, divide, remainder }

    /// Nil: a division by zero.
    static func apply(_ operation: Operation, _ a: Self, _ b: Self) -> Self? {
        if operation == .divide || operation == .remainder, b.isZero { return nil }
        guard case .exact(let left) = a, case .exact(let right) = b,
            left.bitWidth + right.bitWidth <= 2 * maxBits
        else { return .approximate(approximate(operation, a.double, b.double)) }
        let result = exact(operation, left, right)
        return result.bitWidth <= maxBits ? .exact(result) : .approximate(approximate(operation, a.double, b.double))
    }

    private static func exact(_ operation: Operation, _ a: Rational, _ b: Rational) -> Rational {
        switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .remainder: a % b
        }
    }

    private static func approximate(_ operation: Operation, _ a: Double, _ b: Double) -> Double {
        switch operation {
        case .add: return a + b
        case .subtract: return a - b
        case .multiply: return a * b
        case .divide: return a / b
        case .remainder:
            let rest = fmod(a, b)
            return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
        }
    }

    /// Nil: 0 to a power below 0. A power that is no real number is not a number.
    func power(_ exponent: Self) -> Self? {
        if isZero, exponent.double < 0 { return nil }
        guard case .exact(let base) = self, case .exact(let exact) = exponent, let count = exact.small,
            count.magnitude <= 100_000, (base.bitWidth - 1) * Int(count.magnitude) <= Self.maxBits
        else { return .approximate(pow(double, exponent.double)) }
        let power = base.power(Int(count.magnitude))
        guard power.bitWidth <= Self.maxBits else { return .approximate(pow(double, exponent.double)) }
        return .exact(count < 0 ? Rational(1) / power : power)
    }

    static prefix func - (a: Self) -> Self {
        switch a {
        case .exact(let value): .exact(-value)
        case .approximate(let value): .approximate(-value)
        }
    }

    static func isLess(_ a: Self, _ b: Self) -> Bool {
        guard case .exact(let left) = a, case .exact(let right) = b else { return a.double < b.double }
        return left < right
    }

    // MARK: Text

    /// All digits of a whole number and of a fraction that ends soon, else as many as tell a double from its neighbours.
    /// Nil: too large or too small for either.
    var text: String? {
        if case .exact(let value) = self, let digits = value.decimal(places: Self.maxPlaces) { return digits }
        let value = double
        guard value.isFinite, value != 0 || isZero else { return nil }
        guard value.magnitude < 1e15, value == value.rounded() else { return "\(value)" }
        return String(Int(value))
    }
}
