/// Looks for a string, brace or bracket without counterpart in a text that is not JSON.
struct UnclosedSearch {
    private let text: ConfigText
    private var open: [Int] = []
    private var stringStart: Int?
    private var isEscaped = false

    init(_ text: ConfigText) {
        self.text = text
    }

    /// The first place that cannot be right, and why; nil when all have their counterpart.
    mutating func run() -> (message: String, offset: Int)? {
        for (offset, byte) in text.bytes.enumerated() {
            if let message = stringStart == nil ? outside(byte, offset) : inside(byte) {
                return byte == UInt8(ascii: "\n") ? (message, stringStart ?? offset) : (message, offset)
            }
        }
        if let stringStart { return ("this string is not closed", stringStart) }
        guard let last = open.last else { return nil }
        return ("this \(SyntaxError.token(text.bytes, last)) is not closed", last)
    }

    /// A byte within a string; says what is wrong with it.
    private mutating func inside(_ byte: UInt8) -> String? {
        if byte == UInt8(ascii: "\n") { return "this string is not closed on its line" }
        if byte < 0x20 { return "a control character in a string must be written as an escape" }
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            stringStart = nil
        }
        return nil
    }

    /// A byte between strings; says what is wrong with it.
    private mutating func outside(_ byte: UInt8, _ offset: Int) -> String? {
        if open.isEmpty, offset > 0, !SyntaxError.isSpace(byte), text.bytes[..<offset].contains(UInt8(ascii: "}")) {
            return "unexpected \(SyntaxError.token(text.bytes, offset)) after the end of the object"
        }
        switch byte {
        case UInt8(ascii: "\""): stringStart = offset
        case UInt8(ascii: "{"), UInt8(ascii: "["): open.append(offset)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): return close(byte, offset)
        default: break
        }
        return nil
    }

    private mutating func close(_ byte: UInt8, _ offset: Int) -> String? {
        guard let start = open.popLast() else { return "unexpected \(SyntaxError.token(text.bytes, offset))" }
        // In ASCII a closing brace or bracket is two after the opening one.
        if text.bytes[start] + 2 == byte { return nil }
        let line = text.position(of: start).line
        return "\(SyntaxError.token(text.bytes, offset)) does not close the"
            + " \(SyntaxError.token(text.bytes, start)) of line \(line)"
    }
}
