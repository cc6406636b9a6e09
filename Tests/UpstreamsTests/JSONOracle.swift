/// A second opinion on what is JSON: RFC 8259 as a plain descent over bytes, sharing nothing with the parser that it
/// judges. Knows no bound on numbers.
struct JSONOracle {
    private let bytes: [UInt8]
    private let maxDepth: Int
    private var at = 0

    /// Whether the bytes are one JSON text in UTF-8, with no escape of half a surrogate pair, nested at most `maxDepth`
    /// deep.
    static func accepts(_ bytes: [UInt8], maxDepth: Int) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var oracle = JSONOracle(bytes: bytes, maxDepth: maxDepth)
        return oracle.value(depth: 0) && oracle.at == bytes.count
    }

    /// Whether the bytes are one number and nothing else.
    static func isNumber(_ bytes: [UInt8]) -> Bool {
        var oracle = JSONOracle(bytes: bytes, maxDepth: 0)
        return oracle.number() && oracle.at == bytes.count
    }

    private init(bytes: [UInt8], maxDepth: Int) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    private mutating func take(_ accepted: String) -> Bool {
        guard at < bytes.count, accepted.utf8.contains(bytes[at]) else { return false }
        at += 1
        return true
    }

    private mutating func takeAll(_ text: String) -> Bool {
        guard bytes[at...].starts(with: text.utf8) else { return false }
        at += text.utf8.count
        return true
    }

    private mutating func skipSpace() { while take(" \t\r\n") {} }

    /// A value and the white space around it.
    private mutating func value(depth: Int) -> Bool {
        skipSpace()
        guard at < bytes.count, unspaced(depth: depth) else { return false }
        skipSpace()
        return true
    }

    private mutating func unspaced(depth: Int) -> Bool {
        switch bytes[at] {
        case UInt8(ascii: "{"):
            depth < maxDepth && list("{", "}") { $0.string() && $0.colon() && $0.value(depth: depth + 1) }
        case UInt8(ascii: "["): depth < maxDepth && list("[", "]") { $0.value(depth: depth + 1) }
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "t"): takeAll("true")
        case UInt8(ascii: "f"): takeAll("false")
        case UInt8(ascii: "n"): takeAll("null")
        default: number()
        }
    }

    private mutating func list(_ start: String, _ end: String, _ item: (inout JSONOracle) -> Bool) -> Bool {
        guard take(start) else { return false }
        skipSpace()
        if take(end) { return true }
        repeat {
            skipSpace()
            guard item(&self) else { return false }
        } while take(",")
        return take(end)
    }

    private mutating func colon() -> Bool {
        skipSpace()
        return take(":")
    }

    private mutating func number() -> Bool {
        _ = take("-")
        guard take("0") || digits() else { return false }
        if take("."), !digits() { return false }
        guard take("eE") else { return true }
        _ = take("+-")
        return digits()
    }

    private mutating func digits() -> Bool {
        let start = at
        while take("0123456789") {}
        return at > start
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while !take("\"") {
            if take("\\") {
                guard escape() else { return false }
            } else {
                guard at < bytes.count, bytes[at] >= 0x20 else { return false }
                at += 1
            }
        }
        return true
    }

    /// What follows the backslash.
    private mutating func escape() -> Bool {
        if take("\"\\/bfnrt") { return true }
        guard let unit = unit() else { return false }
        if UTF16.isLeadSurrogate(unit) {
            guard take("\\"), let second = self.unit() else { return false }
            return UTF16.isTrailSurrogate(second)
        }
        return !UTF16.isTrailSurrogate(unit)
    }

    private mutating func unit() -> UInt16? {
        let start = at + 1
        guard take("u") else { return nil }
        for _ in 0..<4 where !take("0123456789abcdefABCDEF") { return nil }
        return UInt16(String(decoding: bytes[start..<at], as: UTF8.self), radix: 16)
    }
}
