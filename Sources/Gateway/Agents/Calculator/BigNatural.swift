/// A natural number of any size, exact. Whoever computes with it bounds its size.
struct BigNatural: Hashable {
    /// Base 2^32, lowest first, the highest never zero; empty: 0.
    private var limbs: [UInt32]

    init(_ value: UInt64) {
        limbs = [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
        trim()
    }

    private init(limbs: [UInt32]) {
        self.limbs = limbs
        trim()
    }

    /// From decimal digits, which it holds alone.
    init(decimal digits: some Sequence<UInt8>) {
        limbs = []
        for digit in digits { multiplyAdd(10, UInt32(digit &- UInt8(ascii: "0"))) }
    }

    private mutating func trim() {
        while limbs.last == 0 { limbs.removeLast() }
    }

    static let zero = Self(0)
    static let one = Self(1)

    var isZero: Bool { limbs.isEmpty }
    var isOdd: Bool { limbs.first.map { $0 & 1 == 1 } ?? false }
    var limbCount: Int { limbs.count }

    /// Position of the highest bit that is set, plus one; 0 for 0.
    var bitWidth: Int { limbs.last.map { limbs.count * 32 - $0.leadingZeroBitCount } ?? 0 }

    /// Its value if it fits.
    var small: UInt64? {
        limbs.count > 2 ? nil : limbs.reversed().reduce(UInt64(0)) { $0 << 32 | UInt64($1) }
    }

    // MARK: Arithmetic

    private mutating func multiplyAdd(_ factor: UInt32, _ addend: UInt32) {
        var carry = UInt64(addend)
        for index in limbs.indices {
            let product = UInt64(limbs[index]) * UInt64(factor) + carry
            limbs[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        if carry > 0 { limbs.append(UInt32(carry)) }
    }

    static func + (a: Self, b: Self) -> Self {
        var sum: [UInt32] = []
        sum.reserveCapacity(max(a.limbs.count, b.limbs.count) + 1)
        var carry: UInt64 = 0
        for index in 0..<max(a.limbs.count, b.limbs.count) {
            let total = UInt64(a.limb(index)) + UInt64(b.limb(index)) + carry
            sum.append(UInt32(truncatingIfNeeded: total))
            carry = total >> 32
        }
        sum.append(UInt32(carry))
        return Self(limbs: sum)
    }

    /// `b` is not the greater one.
    static func - (a: Self, b: Self) -> Self {
        precondition(a >= b, "a natural number below zero")
        var difference = a.limbs
        var borrow: Int64 = 0
        for index in difference.indices {
            var rest = Int64(difference[index]) - Int64(b.limb(index)) - borrow
            borrow = rest < 0 ? 1 : 0
            if rest < 0 { rest += 1 << 32 }
            difference[index] = UInt32(rest)
        }
        return Self(limbs: difference)
    }

    static func * (a: Self, b: Self) -> Self {
        guard !a.isZero, !b.isZero else { return zero }
        var product = [UInt32](repeating: 0, count: a.limbs.count + b.limbs.count)
        for (i, limb) in a.limbs.enumerated() {
            var carry: UInt64 = 0
            for (j, other) in b.limbs.enumerated() {
                let part = UInt64(limb) * UInt64(other) + UInt64(product[i + j]) + carry
                product[i + j] = UInt32(truncatingIfNeeded: part)
                carry = part >> 32
            }
            product[i + b.limbs.count] = UInt32(carry)
        }
        return Self(limbs: product)
    }

    private func limb(_ index: Int) -> UInt32 { index < limbs.count ? limbs[index] : 0 }

    /// `divisor` is not 0.
    func dividing(by divisor: Self) -> (quotient: Self, remainder: Self) {
        precondition(!divisor.isZero, "a division by zero")
        if self < divisor { return (.zero, self) }
        if divisor.limbs.count == 1 {
            let (quotient, remainder) = dividing(by: divisor.limbs[0])
            return (quotient, Self(UInt64(remainder)))
        }
        return dividingLong(by: divisor)
    }

    private func dividing(by divisor: UInt32) -> (quotient: Self, remainder: UInt32) {
        var quotient = limbs
        var remainder: UInt64 = 0
        for index in quotient.indices.reversed() {
            let part = remainder << 32 | UInt64(quotient[index])
            quotient[index] = UInt32(part / UInt64(divisor))
            remainder = part % UInt64(divisor)
        }
        return (Self(limbs: quotient), UInt32(remainder))
    }

    /// Long division (Knuth, The Art of Computer Programming, volume 2, section 4.3.1, algorithm D).
    private func dividingLong(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let shift = divisor.limbs[divisor.limbs.count - 1].leadingZeroBitCount
        let low = (divisor << shift).limbs
        var rest = (self << shift).limbs
        if rest.count == limbs.count { rest.append(0) }
        let count = low.count
        var quotient = [UInt32](repeating: 0, count: rest.count - count)
        for index in quotient.indices.reversed() {
            let top = UInt64(rest[index + count]) << 32 | UInt64(rest[index + count - 1])
            var guess = top / UInt64(low[count - 1])
            var left = top % UInt64(low[count - 1])
            while guess >> 32 > 0 || guess * UInt64(low[count - 2]) > left << 32 | UInt64(rest[index + count - 2]) {
                guess -= 1
                left += UInt64(low[count - 1])
                if left >> 32 > 0 { break }
            }
            if Self.subtract(low, times: guess, from: &rest, at: index) {
                guess -= 1
                Self.add(low, to: &rest, at: index)
            }
            quotient[index] = UInt32(guess)
        }
        return (Self(limbs: quotient), Self(limbs: rest) >> shift)
    }

    /// True: the result is below zero, and needs `number` once more.
    private static func subtract(
        _ number: [UInt32], times factor: UInt64, from rest: inout [UInt32], at index: Int
    ) -> Bool {
        var carry: UInt64 = 0
        var borrow: Int64 = 0
        for position in 0...number.count {
            let product = (position < number.count ? UInt64(number[position]) * factor : 0) + carry
            carry = product >> 32
            let difference = Int64(rest[index + position]) - Int64(product & 0xFFFF_FFFF) - borrow
            rest[index + position] = UInt32(truncatingIfNeeded: difference)
            borrow = difference < 0 ? 1 : 0
        }
        return borrow > 0
    }

    private static func add(_ number: [UInt32], to rest: inout [UInt32], at index: Int) {
        var carry: UInt64 = 0
        for position in 0...number.count {
            let part = position < number.count ? UInt64(number[position]) : 0
            let total = UInt64(rest[index + position]) + part + carry
            rest[index + position] = UInt32(truncatingIfNeeded: total)
            carry = total >> 32
        }
    }

    static func << (number: Self, count: Int) -> Self {
        guard count > 0, !number.isZero else { return number }
        let (whole, bits) = (count / 32, UInt32(count % 32))
        var shifted = [UInt32](repeating: 0, count: whole)
        var carry: UInt32 = 0
        for limb in number.limbs {
            shifted.append(bits == 0 ? limb : limb << bits | carry)
            carry = bits == 0 ? 0 : limb >> (32 - bits)
        }
        if carry > 0 { shifted.append(carry) }
        return Self(limbs: shifted)
    }

    static func >> (number: Self, count: Int) -> Self {
        let (whole, bits) = (count / 32, UInt32(count % 32))
        guard whole < number.limbs.count else { return zero }
        let rest = number.limbs[whole...]
        guard bits > 0 else { return Self(limbs: Array(rest)) }
        return Self(
            limbs: rest.indices.map { rest[$0] >> bits | number.limb($0 + 1) << (32 - bits) })
    }

    func power(_ exponent: Int) -> Self {
        var (result, square, rest) = (Self.one, self, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = result * square }
            rest >>= 1
            if rest > 0 { square = square * square }
        }
        return result
    }

    static func greatestCommonDivisor(_ a: Self, _ b: Self) -> Self {
        var (a, b) = (a, b)
        while !b.isZero { (a, b) = (b, a.dividing(by: b).remainder) }
        return a
    }

    // MARK: Text

    /// Decimal digits.
    var decimal: String {
        var parts: [UInt32] = []
        var rest = self
        while !rest.isZero {
            let (quotient, remainder) = rest.dividing(by: 1_000_000_000 as UInt32)
            parts.append(remainder)
            rest = quotient
        }
        guard let first = parts.popLast() else { return "0" }
        return parts.reversed().reduce(into: String(first)) { text, part in
            let digits = String(part)
            text += String(repeating: "0", count: 9 - digits.count) + digits
        }
    }
}

extension BigNatural: Comparable {
    static func < (a: Self, b: Self) -> Bool {
        if a.limbs.count != b.limbs.count { return a.limbs.count < b.limbs.count }
        for index in a.limbs.indices.reversed() where a.limbs[index] != b.limbs[index] {
            return a.limbs[index] < b.limbs[index]
        }
        return false
    }
}
