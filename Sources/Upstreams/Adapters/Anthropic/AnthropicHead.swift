/// The fields of an answer's head that OpenAI's clients know under other names.
enum AnthropicHead {
    private static let names: [(own: StaticString, openAI: StaticString)] = [
        ("request-id", "x-request-id"),
        ("anthropic-ratelimit-requests-limit", "x-ratelimit-limit-requests"),
        ("anthropic-ratelimit-requests-remaining", "x-ratelimit-remaining-requests"),
        ("anthropic-ratelimit-tokens-limit", "x-ratelimit-limit-tokens"),
        ("anthropic-ratelimit-tokens-remaining", "x-ratelimit-remaining-tokens"),
    ]
    /// Moments there, spans of time here.
    private static let resets: [(own: StaticString, openAI: StaticString)] = [
        ("anthropic-ratelimit-requests-reset", "x-ratelimit-reset-requests"),
        ("anthropic-ratelimit-tokens-reset", "x-ratelimit-reset-tokens"),
    ]

    /// `now`: seconds since 1970.
    static func translate(_ head: AnswerHead, now: Int) -> AnswerHead {
        var lines = ByteBuffer(head.lines)
        func add(_ name: StaticString, _ value: String) {
            lines.append(name)
            lines.append(": ")
            lines.append(value)
            lines.append("\r\n")
        }
        for (own, name) in names {
            if let value = head.value(of: own) { add(name, value) }
        }
        for (own, name) in resets {
            guard let moment = head.value(of: own).flatMap(RFC3339.seconds) else { continue }
            add(name, duration(max(0, moment - now)))
        }
        return AnswerHead(status: head.status, lines: lines.copy())
    }

    /// Such as `6m0s`.
    private static func duration(_ seconds: Int) -> String {
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        if hours > 0 { return "\(hours)h\(minutes)m\(rest)s" }
        return minutes > 0 ? "\(minutes)m\(rest)s" : "\(rest)s"
    }
}
