internal import Policies

extension GuardRule {
    static let defaultMessage = "The text holds what is not allowed here."

    private enum Choice: String, CaseIterable {
        case deny
        case redact
    }

    /// What is done about a match, of a rule that may do either.
    static func action(_ r: ConfigReader, replacement: String) -> Action {
        let choice = r.value("action", .choice(Choice.redact), default: .redact, doc: "What is done about a match.")
        let message = r.value(
            "message", .string(), default: defaultMessage, doc: "With `deny`: what the client is told.")
        let text = r.optional(
            "with", .text, example: .string("[hidden]"),
            doc: "With `redact`: what stands in its place; without it the kind in brackets, or `[redacted]`.")
        return choice == .deny ? .deny(message: message) : .redact(with: text ?? replacement)
    }
}

extension ConfigType<GuardPattern?> {
    /// A regular expression; what is wrong with it is told in RE2's words.
    static var guardPattern: Self {
        let meaning = "a regular expression"
        return Self(
            shape: { .string(pattern: nil, meaning: meaning) }, placeholder: nil,
            read: { place in
                guard let text = place.node.string else {
                    place.reportMismatch(expected: meaning)
                    return nil
                }
                do throws(GuardPattern.Failure) {
                    return .some(try GuardPattern(text))
                } catch {
                    place.report("\(text.quoted) cannot be looked for: \(error.reason)")
                    return nil
                }
            })
    }
}
