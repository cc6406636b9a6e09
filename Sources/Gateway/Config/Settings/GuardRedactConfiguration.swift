/// An expression whose matches are replaced.
package struct GuardRedactConfiguration: Sendable {
    /// Nil only where the expression could not be read.
    package let rule: GuardRule?

    package init(_ r: ConfigReader) {
        let pattern = r.required(
            "pattern", .guardPattern, example: .string("sk-[A-Za-z0-9]{20,}"),
            doc: "A regular expression in RE2's syntax.")
        let replacement = r.value("with", .text, default: "[redacted]", doc: "What stands in its place, as it is.")
        rule = pattern.map { GuardRule($0, .redact(with: replacement)) }
    }
}
