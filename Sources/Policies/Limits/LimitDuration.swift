/// Durations as OpenAI writes them: `0s`, `12ms`, `1.5s`, `6m0s`, `2h30m0s`.
package enum LimitDuration {
    /// Rounded up to milliseconds, so that who comes back then is not too early.
    package static func text(nanoseconds: Int) -> String {
        let milliseconds = (max(0, nanoseconds) + 999_999) / 1_000_000
        guard milliseconds >= 1000 else { return milliseconds == 0 ? "0s" : "\(milliseconds)ms" }
        let seconds = milliseconds / 1000
        let text = "\(seconds % 60)\(fraction(milliseconds % 1000))s"
        if seconds < 60 { return text }
        if seconds < 3600 { return "\(seconds / 60)m\(text)" }
        return "\(seconds / 3600)h\(seconds / 60 % 60)m\(text)"
    }

    private static func fraction(_ milliseconds: Int) -> String {
        guard milliseconds > 0 else { return "" }
        var digits = String(1000 + milliseconds).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return ".\(digits)"
    }
}
