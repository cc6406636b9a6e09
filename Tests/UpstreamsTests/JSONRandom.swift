/// Random JSON texts from a seed: any kind of value, white space anywhere, keys and strings with escapes.
struct JSONRandom {
    private var state: UInt64
    private let hasHugeNumbers: Bool

    /// `hugeNumbers`: about half of the numbers are beyond 64 bits or beyond a `Double`, which some readers refuse.
    init(seed: UInt64, hugeNumbers: Bool = false) {
        state = seed
        hasHugeNumbers = hugeNumbers
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

    mutating func value(depth: Int = 0) -> String {
        switch below(depth < 5 ? 9 : 6) {
        case 0, 1, 2: string()
        case 3 where hasHugeNumbers && below(2) == 0: hugeNumber()
        case 3: pick(["0", "-0", "1", "-17", "9223372036854775807", "18446744073709551615", "-9223372036854775808"])
        case 4: pick(["0.5", "1e10", "-2.5E-3", "123456.789e+2", "1.7976931348623157e308", "5e-324"])
        case 5: pick(["true", "false", "null"])
        case 6: array(depth: depth)
        default: object(depth: depth)
        }
    }

    mutating func object(depth: Int = 0) -> String {
        var members: [String] = []
        for _ in 0..<below(7) {
            members.append(space() + key() + space() + ":" + space() + value(depth: depth + 1) + space())
        }
        return "{" + (members.isEmpty ? space() : members.joined(separator: ",")) + "}"
    }

    private mutating func array(depth: Int) -> String {
        var elements: [String] = []
        for _ in 0..<below(5) { elements.append(space() + value(depth: depth + 1) + space()) }
        return "[" + (elements.isEmpty ? space() : elements.joined(separator: ",")) + "]"
    }

    /// Any digits, any exponent.
    mutating func hugeNumber() -> String {
        var text = pick(["", "-"]) + pick(["1", "9", "18446744073709551616", "9223372036854775809"])
        for _ in 0..<below(40) { text += String(below(10)) }
        if below(3) == 0 { text += "." + pick(["0", "5", String(repeating: "7", count: 30)]) }
        if below(3) == 0 { text += pick(["e", "E+", "e-", "e000000000000000000000"]) + String(below(2_000)) }
        return text
    }

    private mutating func key() -> String {
        switch below(4) {
        case 0: pick([#""model""#, #""mod\u0065l""#, #""user""#, #""us\u0065r""#])
        case 1: pick([#""stream_options""#, #""include_usage""#, #""messages""#, #""""#])
        default: string()
        }
    }

    private mutating func string() -> String {
        let pieces = [
            "a", "hello world ", "é", "日本", "😀", #"\""#, #"\\"#, #"\n"#, #"\/"#, #"\u00e9"#, #"\ud83d\ude00"#,
        ]
        var text = ""
        for _ in 0..<below(8) { text += pick(pieces) }
        return "\"" + text + "\""
    }

    private mutating func space() -> String { pick(["", "", "", " ", "\n", "\t ", "\r\n  "]) }
}
