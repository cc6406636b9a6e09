/// A list of words that must not be found, or are replaced.
package struct GuardWordsConfiguration: Sendable {
    /// Nil only where the list could not be read.
    package let rule: GuardRule?

    package init(_ r: ConfigReader) {
        let words = r.required(
            "list", .list(of: .string(), minimum: 1), example: .array([.string("project zebra")]),
            doc: "Words and phrases, found in any case and only as whole words.")
        let action = GuardRule.action(r, replacement: "[redacted]")
        do {
            rule = words.isEmpty ? nil : GuardRule(try GuardPattern(words: words), action)
        } catch {
            rule = nil
            r.report("cannot be looked for: \(error.reason)", at: "list")
        }
    }
}
