import Glibc

/// Computes expressions: `+ - * / % ^`, unary signs, parentheses, functions and constants, by recursive descent.
///
/// From loose to tight: sums, products, signs, powers; powers group from the right, and `-2^2` is -4. `%` has the sign
/// of its right side. Whole numbers and fractions are exact up to 1,000 digits. Evaluates while it reads, and runs no
/// code of anyone else's. Bounded in length, depth and work.
struct Calculator {
    /// Longest expression, in characters.
    static let maxLength = 1000
    private static let maxDepth = 64
    /// What all operations together may cost, about: pairs of 32-bit words that they multiply.
    private static let maxWork = 4_000_000

    private static let constants: [String: Double] = ["pi": .pi, "e": M_E, "tau": 2 * .pi]

    private var scanner: CalculatorScanner
    private var token = CalculatorToken.end
    private var position = 1
    private var depth = 0
    private var work = 0

    private init(_ text: String) { scanner = CalculatorScanner(text) }

    /// The value of `expression` as text.
    static func evaluate(_ expression: String) throws(CalculatorError) -> String {
        guard expression.unicodeScalars.count <= maxLength else {
            throw CalculatorError(reason: "an expression has at most \(maxLength) characters", position: maxLength + 1)
        }
        var calculator = Calculator(expression)
        try calculator.advance()
        guard calculator.token != .end else { throw CalculatorError(reason: "the expression is empty", position: 1) }
        let value = try calculator.sum()
        guard calculator.token == .end else { throw calculator.unexpected("an operator or the end") }
        guard let text = value.text else {
            throw CalculatorError(reason: "the result is too large or too small", position: 1)
        }
        return text
    }

    private mutating func advance() throws(CalculatorError) {
        (token, position) = try scanner.next()
    }

    private func unexpected(_ wanted: String) -> CalculatorError {
        CalculatorError(reason: "expected \(wanted), found \(token.words)", position: position)
    }

    // MARK: The grammar

    private mutating func sum() throws(CalculatorError) -> CalculatorNumber {
        var value = try product()
        while token == .plus || token == .minus {
            let (operation, place) = (token, position)
            try advance()
            let right = try product()
            value = try compute(operation == .plus ? .add : .subtract, value, right, at: place)
        }
        return value
    }

    private mutating func product() throws(CalculatorError) -> CalculatorNumber {
        var value = try signed()
        while let operation = productOperation {
            let place = position
            try advance()
            let right = try signed()
            value = try compute(operation, value, right, at: place)
        }
        return value
    }

    private var productOperation: CalculatorNumber.Operation? {
        switch token {
        case .times: .multiply
        case .over: .divide
        case .remainder: .remainder
        default: nil
        }
    }

    private mutating func signed() throws(CalculatorError) -> CalculatorNumber {
        guard token == .minus || token == .plus else { return try power() }
        let isNegative = token == .minus
        try descend()
        try advance()
        let value = try signed()
        depth -= 1
        return isNegative ? -value : value
    }

    private mutating func power() throws(CalculatorError) -> CalculatorNumber {
        let base = try primary()
        guard token == .power else { return base }
        let place = position
        try descend()
        try advance()
        let exponent = try signed()
        depth -= 1
        try spend(CalculatorNumber.maxBits / 32, CalculatorNumber.maxBits / 32, at: place)
        guard let value = base.power(exponent) else {
            throw CalculatorError(reason: "0 to a power below 0", position: place)
        }
        return try real(value, at: place)
    }

    private mutating func primary() throws(CalculatorError) -> CalculatorNumber {
        let place = position
        switch token {
        case .number(let value):
            try advance()
            return .exact(value)
        case .name(let name):
            try advance()
            if let constant = Self.constants[name], token != .open { return .approximate(constant) }
            guard let function = CalculatorFunction(rawValue: name) else { throw Self.unknown(name, at: place) }
            return try call(function, at: place)
        case .open:
            try descend()
            try advance()
            let value = try sum()
            try close()
            return value
        default:
            throw unexpected("a number, a name or '('")
        }
    }

    private mutating func call(
        _ function: CalculatorFunction, at place: Int
    ) throws(CalculatorError) -> CalculatorNumber {
        guard token == .open else { throw unexpected("'(' after '\(function.rawValue)'") }
        try descend()
        try advance()
        var values = [try sum()]
        while token == .comma {
            try advance()
            values.append(try sum())
            try spend(CalculatorNumber.maxBits / 32, 1, at: place)
        }
        try close()
        guard function.arity.contains(values.count) else {
            let wanted =
                function.arity.upperBound == 1
                ? "one value" : "\(function.arity.lowerBound) to \(function.arity.upperBound) values"
            throw CalculatorError(
                reason: "\(function.rawValue) takes \(wanted), found \(values.count)", position: place)
        }
        guard let value = function.apply(values) else {
            throw CalculatorError(reason: "\(function.rawValue) has no real value here", position: place)
        }
        return try real(value, at: place)
    }

    private static func unknown(_ name: String, at place: Int) -> CalculatorError {
        let functions = CalculatorFunction.allCases.map(\.rawValue).joined(separator: ", ")
        return CalculatorError(
            reason:
                "unknown name '\(name.prefix(40))'; there are the functions \(functions) and the constants pi, e, tau",
            position: place)
    }

    private mutating func close() throws(CalculatorError) {
        guard token == .close else { throw unexpected("')'") }
        depth -= 1
        try advance()
    }

    // MARK: Bounds

    private mutating func descend() throws(CalculatorError) {
        depth += 1
        guard depth <= Self.maxDepth else {
            throw CalculatorError(reason: "nested more than \(Self.maxDepth) levels deep", position: position)
        }
    }

    private mutating func compute(
        _ operation: CalculatorNumber.Operation, _ a: CalculatorNumber, _ b: CalculatorNumber, at place: Int
    ) throws(CalculatorError) -> CalculatorNumber {
        if case .exact(let left) = a, case .exact(let right) = b {
            try spend((left.bitWidth + right.bitWidth) / 32 + 1, (left.bitWidth + right.bitWidth) / 32 + 1, at: place)
        }
        guard let value = CalculatorNumber.apply(operation, a, b) else {
            throw CalculatorError(reason: "a division by zero", position: place)
        }
        return try real(value, at: place)
    }

    private mutating func spend(_ rows: Int, _ columns: Int, at place: Int) throws(CalculatorError) {
        work += rows * columns
        guard work <= Self.maxWork else {
            throw CalculatorError(reason: "the numbers are too large for so many operations", position: place)
        }
    }

    private func real(_ value: CalculatorNumber, at place: Int) throws(CalculatorError) -> CalculatorNumber {
        guard case .approximate(let double) = value else { return value }
        guard !double.isNaN else { throw CalculatorError(reason: "no real value here", position: place) }
        guard double.isFinite else { throw CalculatorError(reason: "the result is too large", position: place) }
        return value
    }
}
