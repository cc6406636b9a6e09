import Glibc

/// A fraction of whole numbers, exact and always in lowest terms.
struct Rational: Hashable {
    let isNegative: Bool
    let numerator: BigNatural
    /// Never 0; 1 for a whole number.
    let denominator: BigNatural

    /// `denominator` is not 0.
    init(_ numerator: BigNatural, over denominator: BigNatural = .one, negative: Bool = false) {
        precondition(!denominator.isZero, "a fraction over zero")
        let common = denominator == .one ? .one : BigNatural.greatestCommonDivisor(numerator, denominator)
        self.numerator = common == .one ? numerator : numerator.dividing(by: common).quotient
        self.denominator = common == .one ? denominator : denominator.dividing(by: common).quotient
        isNegative = negative && !numerator.isZero
    }

    init(_ value: Int) { self.init(BigNatural(UInt64(value.magnitude)), negative: value < 0) }

    var isZero: Bool { numerator.isZero }
    var isInteger: Bool { denominator == .one }

    /// The larger of the two parts, in bits.
    var bitWidth: Int { max(numerator.bitWidth, denominator.bitWidth) }

    // MARK: Arithmetic

    static prefix func - (a: Self) -> Self {
        Self(a.numerator, over: a.denominator, negative: !a.isNegative)
    }

    static func + (a: Self, b: Self) -> Self {
        let denominator = a.denominator * b.denominator
        let (left, right) = (a.numerator * b.denominator, b.numerator * a.denominator)
        if a.isNegative == b.isNegative { return Self(left + right, over: denominator, negative: a.isNegative) }
        return left >= right
            ? Self(left - right, over: denominator, negative: a.isNegative)
            : Self(right - left, over: denominator, negative: b.isNegative)
    }

    static func - (a: Self, b: Self) -> Self { a + -b }

    static func * (a: Self, b: Self) -> Self {
        Self(
            a.numerator * b.numerator, over: a.denominator * b.denominator, negative: a.isNegative != b.isNegative)
    }

    /// `b` is not 0.
    static func / (a: Self, b: Self) -> Self {
        Self(
            a.numerator * b.denominator, over: a.denominator * b.numerator, negative: a.isNegative != b.isNegative)
    }

    /// What is left of whole multiples of `b`, with the sign of `b`, which is not 0.
    static func % (a: Self, b: Self) -> Self { a - b * (a / b).floor }

    func power(_ exponent: Int) -> Self {
        Self(
            numerator.power(exponent), over: denominator.power(exponent),
            negative: isNegative && exponent & 1 == 1)
    }

    var magnitude: Self { Self(numerator, over: denominator) }

    var floor: Self {
        let (quotient, remainder) = numerator.dividing(by: denominator)
        guard isNegative else { return Self(quotient) }
        return Self(remainder.isZero ? quotient : quotient + .one, negative: true)
    }

    /// Halves away from zero.
    var rounded: Self {
        let half = Self(.one, over: BigNatural(2))
        let whole = (magnitude + half).floor
        return isNegative ? -whole : whole
    }

    // MARK: As other kinds of numbers

    /// Its value as an integer that is not large.
    var small: Int? {
        guard isInteger, let magnitude = numerator.small, magnitude <= UInt64(Int.max) else { return nil }
        return isNegative ? -Int(magnitude) : Int(magnitude)
    }

    /// The nearest double; infinite if there is none.
    var double: Double {
        guard !isZero else { return 0 }
        // So many bits of quotient that what is cut off can only break a tie, as its lowest bit does.
        let shift = 64 - (numerator.bitWidth - denominator.bitWidth)
        let (quotient, remainder) = (shift > 0 ? numerator << shift : numerator)
            .dividing(by: shift > 0 ? denominator : denominator << -shift)
        let extra = max(0, quotient.bitWidth - 64)
        guard let bits = (quotient >> extra).small else { preconditionFailure("64 bits are small") }
        let value = scalbn(Double(remainder.isZero ? bits : bits | 1), Int32(clamping: extra - shift))
        return isNegative ? -value : value
    }

    /// All of its digits; nil if they do not end, or after more than `places` of them behind the point.
    func decimal(places: Int) -> String? {
        var (rest, count) = (denominator, 0)
        var scale = BigNatural.one
        while rest != .one {
            guard count < places else { return nil }
            count += 1
            scale = scale * BigNatural(10)
            rest = denominator.dividing(by: .greatestCommonDivisor(denominator, scale)).quotient
        }
        var digits = (numerator * scale).dividing(by: denominator).quotient.decimal
        if count > 0 {
            if digits.count <= count { digits = String(repeating: "0", count: count + 1 - digits.count) + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -count))
        }
        return isNegative ? "-" + digits : digits
    }
}

extension Rational: Comparable {
    static func < (a: Self, b: Self) -> Bool {
        let difference = a - b
        return difference.isNegative
    }
}
