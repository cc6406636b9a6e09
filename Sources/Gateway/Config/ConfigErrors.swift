/// Why a configuration cannot be used: every mistake in it, in the order of the file. Never empty.
package struct ConfigErrors: Error, Hashable, Sendable, CustomStringConvertible {
    package let issues: [ConfigIssue]

    package init(_ issues: [ConfigIssue]) {
        precondition(!issues.isEmpty, "an error without an issue")
        self.issues = issues
    }

    /// One issue per line.
    package var description: String {
        issues.map(\.description).joined(separator: "\n")
    }
}
