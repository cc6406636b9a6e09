/// Durations as OpenAI writes them: `0s`, `12ms`, `1.5s`, `6m0s`, `2h30m0s`.
package enum LimitDuration {
    /// Rounded up to milliseconds, so that who comes back then is not too early.
    package static func text(nanoseconds: Int) -> String {
        var text: [UInt8] = []
        write(nanoseconds: nanoseconds) { text.append($0) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Hands the bytes of `text` to `append`, one by one.
    package static func write(nanoseconds: Int, _ append: (UInt8) -> Void) {
        let milliseconds = (max(0, nanoseconds) + 999_999) / 1_000_000
        let seconds = milliseconds / 1000
        if milliseconds > 0, seconds == 0 {
            write(milliseconds, append)
            append(UInt8(ascii: "m"))
        } else {
            if seconds >= 3600 { write(seconds / 3600, unit: "h", append) }
            if seconds >= 60 { write(seconds / 60 % 60, unit: "m", append) }
            write(seconds % 60, append)
            writeFraction(milliseconds % 1000, append)
        }
        append(UInt8(ascii: "s"))
    }

    private static func write(_ value: Int, unit: Unicode.Scalar, _ append: (UInt8) -> Void) {
        write(value, append)
        append(UInt8(ascii: unit))
    }

    private static func write(_ value: Int, _ append: (UInt8) -> Void) {
        var unit = 1
        while value / unit >= 10 { unit *= 10 }
        while unit > 0 {
            append(UInt8(ascii: "0") + UInt8(value / unit % 10))
            unit /= 10
        }
    }

    /// Thousandths, without zeros at the end.
    private static func writeFraction(_ milliseconds: Int, _ append: (UInt8) -> Void) {
        guard milliseconds > 0 else { return }
        append(UInt8(ascii: "."))
        var (rest, unit) = (milliseconds, 100)
        while rest > 0 {
            append(UInt8(ascii: "0") + UInt8(rest / unit))
            rest %= unit
            unit /= 10
        }
    }
}
