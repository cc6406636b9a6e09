internal import Policies

/// An expression that must not be found.
package struct GuardDenyConfiguration: Sendable {
    /// Nil only where the expression could not be read.
    package let rule: GuardRule?

    package init(_ r: ConfigReader) {
        let pattern = r.required(
            "pattern", .guardPattern, example: .string("(?i)ignore all previous instructions"),
            doc: "A regular expression in RE2's syntax.")
        let message = r.value(
            "message", .string(), default: GuardRule.defaultMessage, doc: "What the client is told.")
        rule = pattern.map { GuardRule($0, .deny(message: message)) }
    }
}
