/// A duration as OpenAI writes it: `0s`, `12ms`, `1.5s`, `6m0s`, `2h30m0s`.
package struct LimitDuration {
    private var bytes = InlineArray<24, UInt8>(repeating: 0)
    private var count = 0

    /// Rounded up to milliseconds, so that who comes back then is not too early.
    package init(nanoseconds: Int) {
        let milliseconds = (max(0, nanoseconds) + 999_999) / 1_000_000
        let seconds = milliseconds / 1000
        if milliseconds > 0, seconds == 0 {
            append(milliseconds)
            append("m")
        } else {
            if seconds >= 3600 {
                append(seconds / 3600)
                append("h")
            }
            if seconds >= 60 {
                append(seconds / 60 % 60)
                append("m")
            }
            append(seconds % 60)
            appendFraction(milliseconds % 1000)
        }
        append("s")
    }

    package var text: String { String(decoding: (0..<count).map { bytes[$0] }, as: UTF8.self) }

    /// The bytes of `text`, valid during `body` only.
    package func withUTF8(_ body: (Span<UInt8>) -> Void) { body(bytes.span.extracting(0..<count)) }

    private mutating func append(_ character: Unicode.Scalar) {
        bytes[count] = UInt8(ascii: character)
        count += 1
    }

    private mutating func append(_ number: Int) {
        if number >= 10 { append(number / 10) }
        append(digit: number % 10)
    }

    private mutating func append(digit: Int) {
        bytes[count] = UInt8(ascii: "0") + UInt8(digit)
        count += 1
    }

    /// Thousandths, without zeros at the end.
    private mutating func appendFraction(_ milliseconds: Int) {
        guard milliseconds > 0 else { return }
        append(".")
        var (rest, unit) = (milliseconds, 100)
        while rest > 0 {
            append(digit: rest / unit)
            rest %= unit
            unit /= 10
        }
    }
}
