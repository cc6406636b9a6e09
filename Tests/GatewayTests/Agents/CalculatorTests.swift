import Testing

@testable import Gateway

/// What the calculator makes of expressions.
struct CalculatorTests {
    @Test(arguments: [
        ("1+2*3", "7"), ("(1+2)*3", "9"), ("-2^2", "-4"), ("2^3^2", "512"), ("2**-1", "0.5"), ("0.1+0.2", "0.3"),
        ("10/4", "2.5"), ("1/3", "0.3333333333333333"), ("2 ^ 100", "1267650600228229401496703205376"),
        ("7%3", "1"), ("-7%3", "2"), ("-7%-3", "-1"), ("7.5%2", "1.5"), ("--5", "5"), ("+3-+2", "1"), ("2*-3", "-6"),
        ("sqrt(16)", "4"), ("sqrt(2)", "1.4142135623730951"), ("abs(-5)", "5"), ("sin(pi/2)", "1"), ("cos(0)", "1"),
        ("tan(0)", "0"), ("asin(1)*2/pi", "1"), ("acos(1)", "0"), ("atan(1)*4/pi", "1"), ("ln(e)", "1"),
        ("log(1000)", "3"), ("log2(1024)", "10"), ("exp(0)", "1"), ("floor(-2.5)", "-3"), ("ceil(-2.5)", "-2"),
        ("round(2.5)", "3"), ("round(-2.5)", "-3"), ("round(2.675, 2)", "2.68"), ("round(pi, 2)", "3.14"),
        ("min(3, 1, 2)", "1"), ("max(1, 2^70, 3)", "1180591620717411303424"), ("tau/pi", "2"), ("1e3", "1000"),
        ("1.5E-3", "0.0015"), (".5", "0.5"), ("5.", "5"), ("3 × 4 ÷ 2 − 1", "5"), ("SQRT(9)", "3"), ("0^0", "1"),
        ("12345678901234567890 * 98765432109876543210", "1219326311370217952237463801111263526900"),
        ("(1/3)*3", "1"), ("1e20/3", "3.333333333333333e+19"), ("2^0.5", "1.4142135623730951"),
    ])
    func `an expression has its value`(_ expression: String, _ value: String) throws {
        #expect(try Calculator.evaluate(expression) == value)
    }

    @Test(arguments: [
        ("", 1, "empty"), ("   ", 1, "empty"), ("1+", 3, "found the end"), ("(1+2", 5, "expected ')'"),
        ("1 2", 3, "expected an operator"), ("1..2", 3, "expected an operator"), (".", 1, "point"), ("2 $ 3", 3, "'$'"),
        ("foo(1)", 1, "unknown name 'foo'"), ("sin 1", 5, "'(' after 'sin'"), ("sin(1,2)", 1, "takes one value"),
        ("min()", 5, "found ')'"), ("1/0", 2, "division by zero"), ("5 % (1-1)", 3, "division by zero"),
        ("0^-1", 2, "power below 0"), ("sqrt(-1)", 1, "no real value"), ("ln(0)", 1, "no real value"),
        ("asin(2)", 1, "no real value"), ("(-8)^(1/3)", 5, "no real value"), ("9999^9999", 5, "too large"),
        ("1e5000", 1, "more than 1000 digits"), ("1e-300/1e300/3", 1, "too small"), ("2e", 2, "'e'"), (")", 1, "')'"),
        ("1,2", 2, "','"), ("__import__('os')", 1, "unknown name"), ("round(1, 99)", 1, "no real value"),
        ("1\u{0}", 2, "a control character"),
    ])
    func `a mistake is told with its place`(_ expression: String, _ position: Int, _ words: String) {
        let error = #expect(throws: CalculatorError.self) { try Calculator.evaluate(expression) }
        #expect(error?.position == position)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func `length, depth and work are bounded`() throws {
        let long = String(repeating: "1+", count: 499) + "1"
        #expect(try Calculator.evaluate(long) == "500")
        #expect(throws: CalculatorError.self) { try Calculator.evaluate(long + "+1") }
        let nested = String(repeating: "(", count: 64) + "1" + String(repeating: ")", count: 64)
        #expect(try Calculator.evaluate(nested) == "1")
        for deep in ["(\(nested))", String(repeating: "-", count: 65) + "1", "1" + String(repeating: "^1", count: 65)] {
            let error = #expect(throws: CalculatorError.self) { try Calculator.evaluate(deep) }
            #expect(error?.reason.contains("64 levels") == true)
        }
        let heavy = (0..<140).map { _ in "9^999" }.joined(separator: "+")
        let error = #expect(throws: CalculatorError.self) { try Calculator.evaluate(heavy) }
        #expect(error?.reason.contains("too large for so many operations") == true)
    }

    @Test func `whole numbers are exact to 1,000 digits, as long division shows`() throws {
        var generator = HTTPCuts.Generator(state: 7)
        for _ in 0..<200 {
            let factors = (0..<2).map { _ in
                (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                    String(UInt64.random(in: 1 ... .max, using: &generator))
                }.joined()
            }
            let (a, b) = (factors[0], factors[1])
            let rest = String(UInt64.random(in: 0...9, using: &generator))
            // (a·b + r) divided by b is a, with the remainder r, whatever a and b are.
            #expect(try Calculator.evaluate("floor((\(a)*\(b)0 + \(rest))/\(b)0)") == a)
            #expect(try Calculator.evaluate("(\(a)*\(b)0 + \(rest)) % \(b)0") == rest)
            #expect(try Calculator.evaluate("(\(a)+\(b))-\(b)-\(a)") == "0")
        }
        #expect(try Calculator.evaluate("10^999").count == 1000)
    }

    @Test func `any text gives a value or an error`() {
        let words = ["1", "2.5", "(", ")", "+", "-", "*", "/", "%", "^", ",", "pi", "sqrt", "min", " ", "e", ".", "x"]
        var generator = HTTPCuts.Generator(state: 11)
        for _ in 0..<5000 {
            let count = Int.random(in: 0...12, using: &generator)
            let text = (0..<count).map { _ in words.randomElement(using: &generator) ?? "" }.joined()
            if let value = try? Calculator.evaluate(text) {
                #expect(!value.isEmpty && !value.contains("nan"), "\(text)")
            }
        }
    }
}
