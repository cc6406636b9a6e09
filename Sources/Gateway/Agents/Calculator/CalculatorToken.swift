/// A word of an expression.
enum CalculatorToken: Equatable {
    case number(Rational)
    case name(String)
    case plus, minus, times, over, remainder, power
    case open, close, comma
    case end

    /// As an error names it.
    var words: String {
        switch self {
        case .number: "a number"
        case .name(let name): "'\(name)'"
        case .plus: "'+'"
        case .minus: "'-'"
        case .times: "'*'"
        case .over: "'/'"
        case .remainder: "'%'"
        case .power: "'^'"
        case .open: "'('"
        case .close: "')'"
        case .comma: "','"
        case .end: "the end"
        }
    }
}
