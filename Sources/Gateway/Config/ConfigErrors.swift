/// Why a configuration cannot be used: every mistake in it, in the order of the file. Never empty.
package struct ConfigErrors: Error, Hashable, Sendable, CustomStringConvertible {
    package let issues: [ConfigIssue]
    /// The files that were looked at, as they were just before: a change of one of them may mend it.
    package let files: [String: FileStamp]

    package init(_ issues: [ConfigIssue], files: [String: FileStamp] = [:]) {
        precondition(!issues.isEmpty, "an error without an issue")
        self.issues = issues
        self.files = files
    }

    /// One issue per line.
    package var description: String {
        issues.map(\.description).joined(separator: "\n")
    }
}
