internal import Policies

/// A kind of text that the gateway knows how to find.
package struct GuardBuiltInConfiguration: Sendable {
    /// Nil only where RE2 has no memory for it.
    package let rule: GuardRule?

    package init(_ r: ConfigReader) {
        let kind = r.required(
            "find", .choice(BuiltInPattern.email), example: .string("card"),
            doc: "`card`: numbers of payment cards, confirmed by their check digit; `api_key`: keys of providers.")
        let action = GuardRule.action(r, replacement: kind.replacement)
        do {
            rule = GuardRule(try GuardPattern(kind.expression, check: kind.check), action)
        } catch {
            rule = nil
            r.report("cannot be looked for: \(error.reason)", at: "find")
        }
    }
}
