/// Kinds of text that the gateway knows how to find.
package enum BuiltInPattern: String, CaseIterable, Sendable {
    case email
    case phone
    case card
    case apiKey = "api_key"

    /// A regular expression of RE2's syntax; a card is confirmed by `check`.
    package var expression: String {
        switch self {
        case .email: #"[A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"#
        case .phone:
            #"\+[1-9](?:[ ()./-]{0,2}[0-9]){7,14}\b"#
                + #"|(?:\([2-9][0-9]{2}\) ?|\b[2-9][0-9]{2}[ .-])[0-9]{3}[ .-][0-9]{4}\b"#
        case .card:
            #"\b(?:[0-9]{13,19}|[0-9]{4}(?:[ -][0-9]{4}){3}(?:[ -][0-9]{3})?|[0-9]{4}[ -][0-9]{6}[ -][0-9]{4,5})\b"#
        case .apiKey: #"\b(?:"# + Self.keyForms.joined(separator: "|") + ")"
        }
    }

    package var check: GuardCheck { self == .card ? .card : .none }

    /// What stands in the place of what was found, unless the configuration says otherwise.
    package var replacement: String { "[\(self == .apiKey ? "key" : rawValue)]" }

    /// The forms of the keys of large providers.
    private static let keyForms = [
        "sk-[A-Za-z0-9_-]{20,}",
        "(?:AKIA|ASIA)[A-Z0-9]{16}",
        "AIza[A-Za-z0-9_-]{35}",
        "gh[opsur]_[A-Za-z0-9]{36,}",
        "github_pat_[A-Za-z0-9_]{22,}",
        "glpat-[A-Za-z0-9_-]{20,}",
        "hf_[A-Za-z0-9]{30,}",
        "xox[abeoprs]-[A-Za-z0-9-]{10,}",
        "(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}",
    ]
}
